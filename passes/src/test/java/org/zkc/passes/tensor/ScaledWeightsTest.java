package org.zkc.passes.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;

final class ScaledWeightsTest {
  @ParameterizedTest
  @CsvSource({"6, 5, 1, 1", "6, 5, 9, 1", "6, 2, 4, 3", "4, 1, 3, 2"})
  void anyRunIsScaledByRowAndColumn(int rows, int width, int taps, int groups) {
    Random random = new Random(rows * 100 + taps);
    int[] rowExponents = random.ints(rows, -6, 7).toArray();
    int[] columnExponents = random.ints(width * groups, -6, 7).toArray();
    float[] elements = new float[rows * width * taps];
    for (int i = 0; i < elements.length; i++) {
      // The smallest lose bits when they are divided: that must happen once.
      elements[i] = (random.nextFloat() - 0.5f) * (i % 4 == 0 ? 1e-38f : 1);
    }
    ScaledWeights scaled =
        new ScaledWeights(
            TensorData.ofFloats(Shape.of(rows, width, taps), elements),
            rowExponents,
            columnExponents,
            groups);
    for (int first = 0; first < elements.length; first++) {
      int count = random.nextInt(elements.length - first + 1);
      float[] found = new float[count];
      scaled.read(first, found, count);
      for (int i = 0; i < count; i++) {
        int row = (first + i) / (width * taps);
        int column = row / (rows / groups) * width + (first + i) / taps % width;
        float expected =
            Math.scalb(elements[first + i], columnExponents[column] - rowExponents[row]);
        assertEquals(
            Float.floatToRawIntBits(expected), Float.floatToRawIntBits(found[i]), "from " + first);
      }
    }
  }
}
