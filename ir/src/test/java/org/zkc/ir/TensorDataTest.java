package org.zkc.ir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/** Elements of the floating-point types of 16 bits. */
class TensorDataTest {
  private static double[] through(DType dtype, double... elements) {
    return TensorData.ofReals(dtype, Shape.of(elements.length), elements).toDoubles();
  }

  @Test
  void halvesAreRoundedToTheNearest() {
    // 11 bits: 2049 lies between 2048 and 2050, and the even one is 2048.
    assertArrayEquals(
        new double[] {1, -0.5, 2048, 2052, 65504, Double.POSITIVE_INFINITY, 0x1p-24},
        through(DType.F16, 1, -0.5, 2049, 2051, 65504, 70000, 0x1p-24));
  }

  @Test
  void brainFloatsAreTheUpperHalfOfSingles() {
    // 8 bits: 257 lies between 256 and 258, and the even one is 256; 259 between 258 and 260.
    assertArrayEquals(
        new double[] {1, -0.5, 256, 260, 0x1.fep127, Double.POSITIVE_INFINITY, Double.NaN},
        through(DType.BF16, 1, -0.5, 257, 259, 0x1.fep127, 0x1.ffp127, Double.NaN));
  }

  /** Every half and every brain float is one f32, and comes back from it. */
  @Test
  void wideningIsExact() {
    for (DType dtype : new DType[] {DType.F16, DType.BF16}) {
      byte[] bytes = new byte[2 << 16];
      for (int k = 0; k < 1 << 16; k++) {
        bytes[2 * k] = (byte) k;
        bytes[2 * k + 1] = (byte) (k >> 8);
      }
      TensorData all = new TensorData(dtype, Shape.of(1 << 16), MemorySegment.ofArray(bytes));
      double[] reals = all.toDoubles();
      float[] singles = all.toFloats();
      TensorData back = TensorData.ofReals(dtype, all.shape(), reals);
      for (int k = 0; k < reals.length; k++) {
        assertEquals(reals[k], singles[k]);
        assertEquals(reals[k], back.getDouble(k));
      }
    }
  }

  @Test
  void integersAreNoReals() {
    assertThrows(IllegalArgumentException.class, () -> through(DType.I32, 1));
  }
}
