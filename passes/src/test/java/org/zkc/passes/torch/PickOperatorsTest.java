package org.zkc.passes.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.zkc.ir.DType;
import org.zkc.ir.OpSpec;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;

/** Elements at known positions: what they are, by hand, and which ops bring them there. */
final class PickOperatorsTest {
  private static final TensorData LINE = TorchCase.counting(6);

  private static List<String> mnemonics(TorchCase c, Shape shape, Value y) {
    return c.lower(shape, y).main().body().stream().map(op -> OpSpec.of(op).mnemonic()).toList();
  }

  private static void check(TorchCase c, Value y, TensorData x, float... expected) {
    assertArrayEquals(expected, c.run(x, y).toFloats());
  }

  @Test
  void aFlipIsOneOpHoweverLongTheAxis() {
    TorchCase c = new TorchCase();
    Value y = c.op("aten.flip", c.x, List.of(0));
    check(c, y, LINE, 6, 5, 4, 3, 2, 1);
    assertEquals(List.of("window_mean"), mnemonics(c, LINE.shape(), y));
  }

  @Test
  void truthValuesAndIntegersAreFlippedAndRolledAsTheyAre() {
    TorchCase c = new TorchCase();
    Value above = c.op("aten.gt", c.x, 2.5);
    check(c, c.op("aten.flip", above, List.of(0)), LINE, 1, 1, 1, 1, 0, 0);
    TorchCase d = new TorchCase();
    Value counts = d.op("aten.cumsum", d.op("aten.gt", d.x, 2.5), 0, null);
    check(d, d.op("aten.flip", counts, List.of(0)), LINE, 4, 3, 2, 1, 0, 0);
    TorchCase e = new TorchCase();
    Value rolled = e.op("aten.roll", e.op("aten.gt", e.x, 2.5), List.of(1), List.of(0));
    check(e, rolled, LINE, 1, 0, 0, 1, 1, 1);
  }

  @Test
  void aRollIsTwoSlicesSideBySide() {
    TorchCase c = new TorchCase();
    Value y = c.op("aten.roll", c.x, List.of(2), List.of(0));
    check(c, y, LINE, 5, 6, 1, 2, 3, 4);
    assertEquals(List.of("slice", "slice", "concatenate"), mnemonics(c, LINE.shape(), y));
  }

  /** What is cut off at one end does not come back at the other. */
  @Test
  void circularPaddingGoesRoundWhatIsLeft() {
    TorchCase c = new TorchCase();
    Value y = c.op("aten.pad", c.x, List.of(-2, 3), "circular", null);
    check(c, y, LINE, 3, 4, 5, 6, 3, 4, 5);
    TorchCase both = new TorchCase();
    check(both, both.op("aten.pad", both.x, List.of(2, -3), "circular", null), LINE, 2, 3, 1, 2, 3);
  }

  @Test
  void windowsAreANewLastAxis() {
    TorchCase c = new TorchCase();
    check(c, c.op("aten.unfold", c.x, 0, 3, 2), LINE, 1, 2, 3, 3, 4, 5);
  }

  @Test
  void aDiagonalIsASliceAndAMatrixOfItIsPadding() {
    TorchCase c = new TorchCase();
    Value y = c.op("aten.diagonal", c.x, 1, 0, 1);
    check(c, y, TorchCase.counting(3, 3), 2, 6);
    assertEquals(List.of("reshape", "slice"), mnemonics(c, Shape.of(3, 3), y));
    TorchCase m = new TorchCase();
    check(m, m.op("aten.diag", m.x, -1), TorchCase.counting(2), 0, 0, 0, 1, 0, 0, 0, 2, 0);
  }

  @Test
  void foldingAddsWhatUnfoldingCopied() {
    TorchCase c = new TorchCase();
    List<Integer> two = List.of(2, 2);
    List<Integer> ones = List.of(1, 1);
    List<Integer> none = List.of(0, 0);
    Value columns = c.op("aten.im2col", c.x, two, ones, none, ones);
    Value y = c.op("aten.col2im", columns, List.of(2, 3), two, ones, none, ones);
    check(c, y, TorchCase.counting(1, 2, 3), 1, 4, 3, 4, 10, 6);
  }

  /** A block that starts in the padding may have taps that meet no element. */
  @Test
  void whatIsFoldedOutsideTheResultIsLeftOut() {
    TorchCase c = new TorchCase();
    List<Integer> ones = List.of(1, 1);
    Value y =
        c.op("aten.col2im", c.x, ones, List.of(3, 1), List.of(2, 1), List.of(2, 0), List.of(2, 1));
    check(c, y, TorchCase.counting(1, 3, 1), 2);
  }

  @Test
  void eachElementComesAsOftenAsItsRepeatsSay() {
    TorchCase c = new TorchCase();
    TensorData often = TensorData.ofLongs(DType.I64, Shape.of(3), new long[] {2, 0, 1});
    Value y = c.op("aten.repeat_interleave/self_Tensor", c.x, often, 0);
    check(c, y, TorchCase.counting(3), 1, 1, 3);
  }

  @Test
  void whatDoesNotFitIsRefused() {
    refused("aten.unfold", "windows of 7 elements of 6", 0, 7, 1);
    refused("aten.roll", "2 shifts of 1 axes", List.of(1, 2), List.of(0));
    refused("aten.repeat_interleave/self_int", "repeats of 6 elements", -1, 0);
    refused("aten.diagonal", "1 axes", 0, 0, 0);
    refused("aten.pixel_unshuffle", "factor 2", 2);
  }

  private static void refused(String operator, String why, Object... arguments) {
    TorchCase c = new TorchCase();
    Object[] all = new Object[arguments.length + 1];
    all[0] = c.x;
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    Value y = c.op(operator, all);
    UserException e = assertThrows(UserException.class, () -> c.lower(LINE.shape(), y));
    assertEquals("model.py", e.location().file(), e.getMessage());
    assertTrue(e.getMessage().contains(why), e.getMessage());
  }
}
