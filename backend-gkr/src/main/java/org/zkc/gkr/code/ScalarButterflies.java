package org.zkc.gkr.code;

import org.zkc.gkr.field.M31;

/**
 * Plain loops, which C2 vectorises where pairs are far apart: (a, b) becomes (a + t b, a - t b).
 */
final class ScalarButterflies implements Butterflies {
  @Override
  public void transform(int[] values, int base, int logSize, int[][] layers, int twiddleBlock) {
    layers(values, base, logSize, 0, layers, twiddleBlock);
  }

  @Override
  public void quarter(int[] values, int base, int logSize, int[][] layers, int twiddleBlock) {
    layers(values, base, logSize, logSize - 2, layers, twiddleBlock);
  }

  private static void layers(
      int[] values, int base, int logSize, int last, int[][] layers, int twiddleBlock) {
    for (int bit = logSize - 1; bit >= last; bit--) {
      int[] twiddles = layers[bit];
      int groups = 1 << (logSize - 1 - bit);
      int half = 1 << bit;
      for (int g = 0; g < groups; g++) {
        layer(values, base + g * 2 * half, half, twiddles[twiddleBlock * groups + g]);
      }
    }
  }

  private static void layer(int[] values, int base, int half, int twiddle) {
    for (int k = base; k < base + half; k++) {
      int a = values[k];
      int b = M31.mul(values[k + half], twiddle);
      values[k] = M31.add(a, b);
      values[k + half] = M31.sub(a, b);
    }
  }
}
