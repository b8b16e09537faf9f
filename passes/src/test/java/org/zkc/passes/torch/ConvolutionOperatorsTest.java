package org.zkc.passes.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Conv;

/** Transposed convolutions, volumes, and padding with elements, by values worked out by hand. */
final class ConvolutionOperatorsTest {
  private static final List<Integer> ONE = List.of(1);
  private static final List<Integer> NONE = List.of(0);
  private static final TensorData X = TorchCase.counting(1, 1, 3);
  private static final TensorData KERNEL = TorchCase.data(Shape.of(1, 1, 3), 1, 10, 100);

  private static void check(TorchCase c, Value y, TensorData x, double... expected) {
    float[] floats = new float[expected.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) expected[i];
    }
    assertArrayEquals(floats, c.run(x, y).toFloats());
  }

  @Test
  void aTransposedConvolutionSpreadsEachElement() {
    TorchCase c = new TorchCase();
    Value y = c.op("aten.conv_transpose1d", c.x, KERNEL, null, List.of(2), NONE, NONE, 1, ONE);
    check(c, y, X, 1, 10, 102, 20, 203, 30, 300);
  }

  @Test
  void aKernelAndABiasThatAreComputedConvolveAsConstantOnesDo() {
    TorchCase c = new TorchCase();
    Value kernel = c.op("aten.add/Tensor", c.op("aten.mul/Scalar", c.x, 0), KERNEL, 1);
    Value bias = c.op("aten.sum/dim_IntList", c.x, List.of(1, 2), false, null);
    Value y = c.op("aten.conv1d", c.x, kernel, bias, List.of(2), ONE, ONE, 1);
    check(c, y, X, 216, 38);
    TorchCase t = new TorchCase();
    Value back = t.op("aten.add/Tensor", t.op("aten.mul/Scalar", t.x, 0), KERNEL, 1);
    Value z = t.op("aten.conv_transpose1d", t.x, back, null, List.of(2), NONE, NONE, 1, ONE);
    check(t, z, X, 1, 10, 102, 20, 203, 30, 300);
    TorchCase wide = new TorchCase();
    Value other = wide.op("aten.reshape", wide.x, List.of(1, 3, 1));
    refused(
        wide,
        X.shape(),
        wide.op("aten.conv1d", wide.x, other, null, ONE, NONE, ONE, 1),
        "does not fit an input");
  }

  @Test
  void paddingCutsTheResultAndOutputPaddingExtendsIt() {
    TorchCase c = new TorchCase();
    TensorData bias = TorchCase.data(Shape.of(1), 0.5);
    Value y =
        c.op("aten.conv_transpose1d", c.x, KERNEL, bias, List.of(4), NONE, List.of(3), 1, ONE);
    check(c, y, X, 1.5, 10.5, 100.5, 0.5, 2.5, 20.5, 200.5, 0.5, 3.5, 30.5, 300.5, 0.5, 0.5, 0.5);
    TorchCase cut = new TorchCase();
    Value z =
        cut.op("aten.conv_transpose1d", cut.x, KERNEL, null, List.of(2), List.of(3), NONE, 1, ONE);
    check(cut, z, X, 20);
  }

  @Test
  void theGeneralOperatorIsTransposedWhereItsFlagSaysSo() {
    TorchCase c = new TorchCase();
    Value y = c.op("aten.convolution", c.x, KERNEL, null, ONE, NONE, List.of(2), true, NONE, 1);
    check(c, y, X, 1, 2, 13, 20, 130, 200, 300);
  }

  @Test
  void aVolumeIsConvolvedAsPlanes() {
    TorchCase c = new TorchCase();
    TensorData kernel = TorchCase.data(Shape.of(1, 1, 2, 1, 2), 1, 10, 100, 1000);
    List<Integer> ones = List.of(1, 1, 1);
    Value y = c.op("aten.conv3d", c.x, kernel, null, ones, List.of(0, 0, 0), ones, 1);
    check(c, y, TorchCase.counting(1, 1, 3, 1, 2), 4321, 6543);
    assertEquals(
        1,
        c.lower(Shape.of(1, 1, 3, 1, 2), y).main().body().stream()
            .filter(Conv.class::isInstance)
            .count());
  }

  @Test
  void whatDoesNotFitIsRefused() {
    TorchCase deep = new TorchCase();
    List<Integer> ones = List.of(1, 1, 1);
    Value y =
        deep.op(
            "aten.conv3d",
            deep.x,
            TorchCase.counting(1, 1, 4, 1, 1),
            null,
            ones,
            List.of(0, 0, 0),
            ones,
            1);
    refused(deep, Shape.of(1, 1, 3, 1, 2), y, "does not fit");
    TorchCase empty = new TorchCase();
    Value z =
        empty.op("aten.conv_transpose1d", empty.x, KERNEL, null, ONE, List.of(3), NONE, 1, ONE);
    refused(empty, X.shape(), z, "an axis of -1 elements");
    TorchCase other = new TorchCase();
    Value w = other.op("aten.conv_transpose1d", other.x, KERNEL, null, ONE, NONE, NONE, 2, ONE);
    refused(other, X.shape(), w, "2 groups");
  }

  @Test
  void bordersHoldElements() {
    TorchCase mirrored = new TorchCase();
    check(
        mirrored,
        mirrored.op("aten.reflection_pad1d", mirrored.x, List.of(2, 1)),
        X,
        3,
        2,
        1,
        2,
        3,
        2);
    TorchCase repeated = new TorchCase();
    check(
        repeated,
        repeated.op("aten.pad", repeated.x, List.of(2, -1), "replicate", null),
        X,
        1,
        1,
        1,
        2);
    TorchCase wrapped = new TorchCase();
    check(
        wrapped,
        wrapped.op("aten.pad", wrapped.x, List.of(1, 3), "circular", null),
        X,
        3,
        1,
        2,
        3,
        1,
        2,
        3);
  }

  @Test
  void bordersReachNoFurtherThanTheirElements() {
    TorchCase c = new TorchCase();
    refused(c, X.shape(), c.op("aten.reflection_pad1d", c.x, List.of(3, 0)), "amounts [3, 0]");
    TorchCase wrapped = new TorchCase();
    refused(
        wrapped,
        X.shape(),
        wrapped.op("aten.pad", wrapped.x, List.of(4, 0), "circular", null),
        "amounts [4, 0]");
    TorchCase unknown = new TorchCase();
    refused(
        unknown,
        X.shape(),
        unknown.op("aten.pad", unknown.x, List.of(1, 0), "symmetric", null),
        "mode 'symmetric'");
  }

  private static void refused(TorchCase c, Shape shape, Object result, String why) {
    UserException e = assertThrows(UserException.class, () -> c.lower(shape, result));
    assertEquals("model.py", e.location().file(), e.getMessage());
    assertTrue(e.getMessage().contains(why), e.getMessage());
  }
}
