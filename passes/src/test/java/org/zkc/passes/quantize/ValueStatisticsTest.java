package org.zkc.passes.quantize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.junit.jupiter.api.Test;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorType;
import org.zkc.ir.Value;

class ValueStatisticsTest {
  @Test
  void aTokenFarLargerThanOthersDoesNotDecideTypicalMeans() {
    ValueStatistics statistics = new ValueStatistics(value(3, 2), 1);
    statistics.add(new float[] {1, 3, 3, 1, 3000, -1000});
    assertArrayEquals(new double[] {3004.0 / 3, -996.0 / 3}, statistics.means(), 1e-9);
    assertArrayEquals(new double[] {2, 2}, statistics.typicalMeans(), 1e-2);
  }

  @Test
  void aLineOfZerosAndTheOrderOfRunsDoNotMatter() {
    ValueStatistics statistics = new ValueStatistics(value(2, 2), 1);
    statistics.add(new float[] {0, 0, 1, 3});
    statistics.add(new float[] {3, 1, 0, 0});
    assertArrayEquals(new double[] {2, 2}, statistics.typicalMeans(), 1e-12);
    ValueStatistics silent = new ValueStatistics(value(2, 2), 1);
    silent.add(new float[4]);
    assertArrayEquals(new double[2], silent.typicalMeans());
  }

  @Test
  void channelsThatAreNotTheLastAxisHavePlainMeansAlone() {
    ValueStatistics statistics = new ValueStatistics(value(1, 2, 2), 1);
    statistics.add(new float[] {1, 3, 2000, 4000});
    assertArrayEquals(new double[] {2, 3000}, statistics.typicalMeans());
  }

  private static Value value(int... extents) {
    return new Value("x", new TensorType(DType.F32, Shape.of(extents)));
  }
}
