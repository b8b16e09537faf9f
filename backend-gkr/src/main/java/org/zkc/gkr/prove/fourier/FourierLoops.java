package org.zkc.gkr.prove.fourier;

import org.zkc.gkr.kernel.Provider;

/**
 * The inner loops of {@link FourierTransform} on pairs of arrays, real and imaginary parts, of
 * canonical residues; {@link PlainFourierLoops} is the reference. Twiddle g is element g of {@link
 * Roots}.
 */
sealed interface FourierLoops permits PlainFourierLoops, VectorFourierLoops, TrainedFourierLoops {
  static FourierLoops best() {
    return Choice.CHOSEN;
  }

  /**
   * One layer on {@code runs} consecutive runs of {@code groups} blocks of 2 * half elements from
   * {@code at} on: (a, b), {@code half} apart in block g of any run, becomes (a + t b, a - t b), t
   * twiddle {@code first} + g. Powers of two.
   */
  void forward(int[] re, int[] im, int at, int half, int groups, int runs, Roots roots, int first);

  /** The inverse of {@link #forward} but for a factor 2: (a + b, conj(t) (a - b)). */
  void inverse(int[] re, int[] im, int at, int half, int groups, int runs, Roots roots, int first);

  /** out[outAt + k] = a[aAt + k] b[bAt + k], and what out holds besides when {@code add}. */
  void multiply(
      int[] aRe,
      int[] aIm,
      int aAt,
      int[] bRe,
      int[] bIm,
      int bAt,
      int[] outRe,
      int[] outIm,
      int outAt,
      int count,
      boolean add);

  /** The choice, made when first used. */
  final class Choice {
    private static final FourierLoops CHOSEN =
        switch (Provider.chosen()) {
          case SCALAR -> new PlainFourierLoops();
          case VECTOR -> new TrainedFourierLoops();
        };

    private Choice() {}
  }
}
