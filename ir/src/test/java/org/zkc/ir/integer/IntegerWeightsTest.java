package org.zkc.ir.integer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;

final class IntegerWeightsTest {
  private static IntegerWeights weights(DType dtype, List<Integer> shifts) {
    return IntegerWeights.of(
        TensorData.ofLongs(dtype, Shape.of(3, 2), new long[] {1, -2, 3, -4, 5, -6}), shifts);
  }

  @Test
  void anyRunOfElementsHasTheShiftsOfItsChannels() {
    for (DType dtype : List.of(DType.I8, DType.I16, DType.I32, DType.I64)) {
      IntegerWeights weights = weights(dtype, List.of(0, 2, 1));
      long[] all = {1, -2, 12, -16, 10, -12};
      assertArrayEquals(all, weights.toLongs());
      for (int first = 0; first < all.length; first++) {
        for (int count = 0; count <= all.length - first; count++) {
          int[] found = new int[count + 2];
          weights.copyElements(first, found, 1, count);
          for (int i = 0; i < count; i++) {
            assertEquals(all[first + i], found[1 + i], "from " + first);
          }
          assertEquals(0, found[0]);
          assertEquals(0, found[count + 1]);
        }
      }
    }
  }

  @Test
  void sumsAreMadeOnceAndGoWithAReshape() {
    IntegerWeights weights = weights(DType.I8, List.of(0, 2, 1));
    WeightSums sums = weights.sums();
    assertSame(sums, weights.sums());
    assertSame(sums, weights.reshape(Shape.of(3, 1, 2)).sums());
    assertArrayEquals(
        new long[] {1, 12, 10}, weights.reshape(Shape.of(3, 1, 1, 2)).sums().positive());
  }

  @Test
  void areEqualByContent() {
    IntegerWeights weights = weights(DType.I8, List.of(0, 2, 1));
    assertEquals(weights, weights(DType.I8, List.of(0, 2, 1)));
    assertEquals(weights.hashCode(), weights(DType.I8, List.of(0, 2, 1)).hashCode());
    assertNotEquals(weights, weights(DType.I8, List.of(0, 2, 2)));
    assertNotEquals(weights, weights(DType.I16, List.of(0, 2, 1)));
    assertNotEquals(weights, weights(DType.I8, List.of()));
  }

  @Test
  void shiftsMustFit() {
    assertThrows(IllegalArgumentException.class, () -> weights(DType.I8, List.of(0, 1)));
    assertThrows(IllegalArgumentException.class, () -> weights(DType.I8, List.of(0, 1, 31)));
    assertThrows(IllegalArgumentException.class, () -> weights(DType.I8, List.of(0, -1, 0)));
    TensorData reals = TensorData.ofFloats(Shape.of(1), new float[] {1});
    assertThrows(IllegalArgumentException.class, () -> IntegerWeights.of(reals));
  }
}
