package org.zkc.gkr.proof;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.zkc.gkr.circuit.TensorDeclaration;
import org.zkc.gkr.failure.VerificationFailure;

class PublicIntegersTest {
  private static int[] decode(byte[] bytes, int count) {
    return PublicIntegers.decode("input 0", ByteString.copyFrom(bytes), c -> c == count);
  }

  private static List<int[]> arrays() {
    ArrayList<int[]> out =
        new ArrayList<>(
            List.of(
                new int[0],
                new int[] {0},
                new int[] {Integer.MIN_VALUE},
                new int[] {-7, -7, -7},
                new int[] {Integer.MIN_VALUE, Integer.MAX_VALUE, 0, -1},
                new int[] {-1, Integer.MAX_VALUE}));
    Random random = new Random(5);
    for (int bits = 1; bits < 32; bits++) {
      out.add(random.ints(1 + random.nextInt(40), -3, (1 << bits - 1)).toArray());
    }
    return out;
  }

  @Test
  void whatIsWrittenIsRead() {
    for (int[] values : arrays()) {
      assertArrayEquals(values, decode(PublicIntegers.encode(values).toByteArray(), values.length));
    }
  }

  @Test
  void anImageTakesAByteAPixel() {
    int[] pixels = new Random(1).ints(100, -128, 128).toArray();
    pixels[0] = -128;
    pixels[1] = 127;
    assertEquals(9 + 100, PublicIntegers.encode(pixels).size());
    assertEquals(9 + 100, PublicIntegers.bytes(TensorDeclaration.input(List.of(4, 25), -128, 127)));
  }

  /** Every change of the bytes gives other integers or a failure, never the same ones. */
  @Test
  void oneEncodingOfIntegers() {
    for (int[] values : arrays()) {
      byte[] bytes = PublicIntegers.encode(values).toByteArray();
      for (int bit = 0; bit < 8 * bytes.length; bit++) {
        byte[] altered = bytes.clone();
        altered[bit / 8] ^= (byte) (1 << bit % 8);
        try {
          int[] other = decode(altered, values.length);
          assertArrayEquals(altered, PublicIntegers.encode(other).toByteArray());
        } catch (VerificationFailure expected) {
          continue;
        }
      }
      for (int length = 0; length < bytes.length; length++) {
        byte[] cut = Arrays.copyOf(bytes, length);
        assertThrows(VerificationFailure.class, () -> decode(cut, values.length));
      }
      byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
      assertThrows(VerificationFailure.class, () -> decode(longer, values.length));
    }
  }

  /** The same integers by more bits, by a lesser least, around 2^32, and with junk at the end. */
  @Test
  void otherEncodingsAreRefused() {
    byte[] bytes = PublicIntegers.encode(new int[] {5, 6, 5}).toByteArray();
    assertArrayEquals(new byte[] {3, 0, 0, 0, 5, 0, 0, 0, 1, 2}, bytes);
    byte[] moreBits = {3, 0, 0, 0, 5, 0, 0, 0, 2, 4};
    byte[] lesser = {3, 0, 0, 0, 4, 0, 0, 0, 2, 1 + 8 + 16};
    byte[] junk = {3, 0, 0, 0, 5, 0, 0, 0, 1, 2 + 8};
    byte[] around = {2, 0, 0, 0, -1, -1, -1, 127, 1, 2};
    for (byte[] other : List.of(moreBits, lesser, junk)) {
      assertThrows(VerificationFailure.class, () -> decode(other, 3));
    }
    assertThrows(VerificationFailure.class, () -> decode(around, 2));
  }

  @Test
  void otherNumbersOfElementsAreRefusedBeforeAnythingIsMadeOfThem() {
    byte[] none = {-1, -1, -1, -1, 0, 0, 0, 0, 0};
    assertThrows(VerificationFailure.class, () -> decode(none, 3));
    byte[] wide = {3, 0, 0, 0, 0, 0, 0, 0, 33};
    assertThrows(VerificationFailure.class, () -> decode(wide, 3));
  }
}
