package org.zkc.passes.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.zkc.ir.integer.NormRules;

/** Exponents bring massive channels down as far as a norm of them can be proved, and no others. */
class ScaleResidualTest {
  private static double[] channels(int count, double... massive) {
    double[] out = new double[count];
    Arrays.fill(out, 1);
    System.arraycopy(massive, 0, out, 0, massive.length);
    return out;
  }

  @Test
  void channelsAlikeStay() {
    assertArrayEquals(new int[64], ScaleResidual.exponents(channels(64, 3.5, 2)));
    assertArrayEquals(new int[64], ScaleResidual.exponents(channels(64, 0)));
  }

  @Test
  void aChannelComesDownToTwiceTheMedian() {
    int[] e = ScaleResidual.exponents(channels(64, 100));
    assertTrue(Math.scalb(100.0, -e[0]) <= 3.2, Arrays.toString(e));
    assertTrue(Arrays.stream(e).skip(1).allMatch(x -> x == 0), Arrays.toString(e));
  }

  @Test
  void massiveChannelsComeDownAsFarAsNormsAllow() {
    int[] e = ScaleResidual.exponents(channels(576, 5000, 300, 20));
    assertTrue(
        NormRules.fits((1 << 13) - 1, 576, 1, Arrays.stream(e).boxed().toList()),
        Arrays.toString(e));
    // 4^7 2^26 alone is 2^40.
    assertTrue(e[0] == 6, Arrays.toString(e));
    assertTrue(Math.scalb(300.0, -e[1]) <= 5000 / 64.0, Arrays.toString(e));
    assertTrue(e[1] == 2 && e[2] == 0, Arrays.toString(e));
  }
}
