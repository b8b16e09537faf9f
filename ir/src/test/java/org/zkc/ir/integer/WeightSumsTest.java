package org.zkc.ir.integer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.zkc.ir.DType;
import org.zkc.ir.Interval;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;

final class WeightSumsTest {
  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"I8", "I16", "I32", "I64"})
  void sumsAreExactPerChannelWhateverTheElementType(DType dtype) {
    TensorData data =
        TensorData.ofLongs(dtype, Shape.of(2, 4), new long[] {1, -2, 3, -4, 5, -128, 127, 0});
    WeightSums sums = IntegerWeights.of(data, List.of(0, 3)).sums();
    assertArrayEquals(new long[] {4, 132 * 8}, sums.positive());
    assertArrayEquals(new long[] {6, 128 * 8}, sums.negative());
    assertEquals(new Interval(-1024, 1016), sums.elements());
    // x in [-1, 10]: 4 * 10 + 6 * 1, 132 * 8 * 10 + 128 * 8 + bias
    assertEquals(
        new Interval(-(132 * 8 + 1280 * 8) + 7, 1320 * 8 + 128 * 8 + 7),
        sums.outputs(new Interval(-1, 10), new long[] {0, 7}));
  }

  @Test
  void emptyTensorsReachNothing() {
    TensorData none = TensorData.ofLongs(DType.I8, Shape.of(0, 4), new long[0]);
    assertEquals(Interval.point(0), IntegerWeights.of(none).sums().elements());
    assertEquals(
        Interval.point(0),
        IntegerWeights.of(none).sums().outputs(new Interval(-5, 5), new long[0]));
    TensorData narrow = TensorData.ofLongs(DType.I8, Shape.of(2, 0), new long[0]);
    assertEquals(Interval.point(0), IntegerWeights.of(narrow).sums().elements());
  }

  @Test
  void overflowIsAnError() {
    TensorData data = TensorData.ofLongs(DType.I64, Shape.of(1, 2), new long[] {Long.MAX_VALUE, 1});
    assertThrows(ArithmeticException.class, IntegerWeights.of(data)::sums);
  }
}
