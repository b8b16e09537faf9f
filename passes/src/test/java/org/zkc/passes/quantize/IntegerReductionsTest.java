package org.zkc.passes.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.zkc.ir.DType;
import org.zkc.ir.Location;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Comparison;
import org.zkc.ir.tensor.TensorBuilder;

/** Sums, cumulative sums and maxima of integers are exact on all levels. */
class IntegerReductionsTest {
  private static final Shape SHAPE = Shape.of(2, 4);
  private static final TensorData NUMBERS =
      TensorData.ofLongs(DType.I64, SHAPE, new long[] {3, -7, 0, 200, 1, 1, -5, 90});

  private final TensorBuilder b = new TensorBuilder(Location.UNKNOWN);
  private final Value x = b.parameter("x", new TensorType(DType.I64, SHAPE));

  @Test
  void sums() {
    Value sums = b.windowMean(x, 1, List.of(0, 2), List.of(4, 1), List.of(1, 1));
    ExactLevels.agree(b, sums, List.of(NUMBERS));
  }

  @Test
  void positionsOfWhatIsNotPadding() {
    Value mask = b.cast(b.compareZero(x, Comparison.NOT_EQUAL), DType.I64);
    Value ends =
        b.windowMean(mask, 1, List.of(0, 0, 0, 0), List.of(1, 2, 3, 4), List.of(1, 1, 1, 1));
    ExactLevels.agree(b, b.multiply(ends, mask), List.of(NUMBERS));
  }

  @Test
  void maxima() {
    Value most = b.maxPool(x, List.of(3), List.of(1), List.of(1), List.of(1), List.of(1));
    ExactLevels.agree(b, most, List.of(NUMBERS));
  }

  @Test
  void aMeanOfIntegersIsRefused() {
    UserException e =
        assertThrows(
            UserException.class, () -> b.windowMean(x, 1, List.of(0), List.of(4), List.of(4)));
    assertTrue(e.getMessage().contains("divisors 1"), e.getMessage());
  }

  @Test
  void aSumBeyondTheFieldIsRefused() {
    TensorBuilder many = new TensorBuilder(Location.UNKNOWN);
    Value numbers = many.parameter("x", new TensorType(DType.I64, Shape.of(256)));
    Value step = many.constant(TensorData.ofLongs(DType.I64, Shape.of(), new long[] {1 << 18}), "");
    Value wide = many.multiply(numbers, step);
    Value sums = many.windowMean(wide, 0, List.of(0), List.of(256), List.of(1));
    long[] elements = new long[256];
    elements[7] = 31;
    TensorData small = TensorData.ofLongs(DType.I64, Shape.of(256), elements);
    UserException e =
        assertThrows(UserException.class, () -> ExactLevels.agree(many, sums, List.of(small)));
    assertEquals(
        "the integers of this window_mean can reach [0, 8522825728], outside the 31-bit field's"
            + " (-2^30, 2^30); they are exact, whatever the --bits: clamp its operands in the model"
            + " to the range that they need, or divide them",
        e.getMessage());
  }

  /** The remedy that the message names. */
  @Test
  void aSumOfClampedIntegersIsInTheField() {
    Value clamped = b.clamp(x, -4, 4);
    Value step = b.constant(TensorData.ofLongs(DType.I64, Shape.of(), new long[] {1 << 20}), "");
    Value sums = b.windowMean(b.multiply(clamped, step), 1, List.of(0), List.of(4), List.of(1));
    ExactLevels.agree(b, sums, List.of(NUMBERS));
  }
}
