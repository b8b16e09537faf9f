package org.zkc.ir.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Both twins, on lengths around those of vectors; what lies beside the range is left alone. */
final class WideningTest {
  static Stream<PlainIntLoops> loops() {
    return Stream.of(new PlainIntLoops(), new VectorIntLoops());
  }

  @ParameterizedTest
  @MethodSource("loops")
  void shorts(PlainIntLoops loops) {
    Random random = new Random(1);
    for (int count = 0; count <= 70; count++) {
      short[] in = new short[count];
      int[] expected = new int[count + 3];
      for (int i = 0; i < count; i++) {
        in[i] = i == 0 ? Short.MIN_VALUE : (short) random.nextInt();
        expected[2 + i] = in[i];
      }
      int[] found = new int[expected.length];
      loops.widen(in, found, 2, count);
      assertArrayEquals(expected, found, count + " shorts");
    }
  }

  @ParameterizedTest
  @MethodSource("loops")
  void bytes(PlainIntLoops loops) {
    Random random = new Random(2);
    for (int count = 0; count <= 70; count++) {
      byte[] in = new byte[count];
      int[] expected = new int[count + 3];
      for (int i = 0; i < count; i++) {
        in[i] = i == 0 ? Byte.MIN_VALUE : (byte) random.nextInt();
        expected[2 + i] = in[i];
      }
      int[] found = new int[expected.length];
      loops.widen(in, found, 2, count);
      assertArrayEquals(expected, found, count + " bytes");
    }
  }
}
