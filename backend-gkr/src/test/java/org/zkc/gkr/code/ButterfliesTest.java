package org.zkc.gkr.code;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zkc.gkr.field.RandomElements;

class ButterfliesTest {
  @ParameterizedTest
  @ValueSource(ints = {2, 4, 8, 16, 32, 64, 128, 1024, 4096})
  void vectorAndScalarEncodingsAgree(int dimension) {
    RandomElements random = new RandomElements(dimension);
    CircleCode scalar = CircleCode.ofDimension(dimension, new ScalarButterflies());
    CircleCode vector = CircleCode.ofDimension(dimension, new VectorButterflies());
    for (int length : new int[] {dimension, dimension - 1, 1}) {
      int[] message = random.residues(length + 3);
      int[] expected = new int[scalar.length() + 2];
      int[] actual = new int[scalar.length() + 2];
      scalar.encode(message, 3, length, expected, 1);
      vector.encode(message, 3, length, actual, 1);
      assertArrayEquals(expected, actual, random.seed() + ", length " + length);
    }
  }
}
