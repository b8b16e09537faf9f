package org.zkc.gkr.code;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.IntStream;
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

  @ParameterizedTest
  @ValueSource(ints = {2, 16, 64, 128, 256, 1024, 2048, 4096})
  void symbolsAtPositionsAreThoseOfTheCodeword(int dimension) {
    RandomElements random = new RandomElements(dimension);
    for (Butterflies butterflies : List.of(new ScalarButterflies(), new VectorButterflies())) {
      CircleCode code = CircleCode.ofDimension(dimension, butterflies);
      int[] message = random.residues(dimension);
      int[] expected = new int[code.length()];
      code.encode(message, 0, dimension, expected, 0);
      for (int count : new int[] {0, 1, 3, 40, dimension}) {
        int[] positions =
            IntStream.of(random.residues(count)).map(r -> r % code.length()).sorted().toArray();
        int[] actual = new int[code.length() + 5];
        System.arraycopy(message, 0, actual, 5, dimension);
        code.encodeInPlaceAt(positions, actual, 5);
        for (int position : positions) {
          assertEquals(expected[position], actual[position + 5], random.seed() + ", " + position);
        }
      }
    }
  }
}
