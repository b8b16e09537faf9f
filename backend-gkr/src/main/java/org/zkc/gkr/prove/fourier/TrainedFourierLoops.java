package org.zkc.gkr.prove.fourier;

import org.zkc.gkr.kernel.Training;

/** {@link PlainFourierLoops} until {@link VectorFourierLoops} are compiled. */
final class TrainedFourierLoops implements FourierLoops {
  private static final int EXERCISE = 1 << 10;
  // Butterflies both ways and products.
  private static final int EFFORT = 12;

  private final FourierLoops plain = new PlainFourierLoops();
  private final FourierLoops vector = new VectorFourierLoops();
  private final Training training =
      Training.of(() -> exercise(plain), () -> exercise(vector), () -> exercise(vector), EFFORT);

  private static void exercise(FourierLoops loops) {
    int[] re = new int[EXERCISE];
    int[] im = new int[EXERCISE];
    Roots roots = Roots.of(EXERCISE / 2);
    for (int half = EXERCISE / 2; half > 0; half /= 2) {
      loops.forward(re, im, 0, half, EXERCISE / 2 / half, 1, roots, 0);
    }
    for (int half = 1; half < EXERCISE; half *= 2) {
      loops.inverse(re, im, 0, half, EXERCISE / 2 / half, 1, roots, 0);
    }
    loops.multiply(re, im, 0, re, im, 0, re, im, 0, EXERCISE, false);
    loops.multiply(re, im, 0, re, im, 0, re, im, 0, EXERCISE, true);
  }

  private FourierLoops loops(long elements) {
    return training.isReady(elements) ? vector : plain;
  }

  @Override
  public void forward(
      int[] re, int[] im, int at, int half, int groups, int runs, Roots roots, int first) {
    loops((long) half * groups * runs).forward(re, im, at, half, groups, runs, roots, first);
  }

  @Override
  public void inverse(
      int[] re, int[] im, int at, int half, int groups, int runs, Roots roots, int first) {
    loops((long) half * groups * runs).inverse(re, im, at, half, groups, runs, roots, first);
  }

  @Override
  public void multiply(
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
      boolean add) {
    loops(count).multiply(aRe, aIm, aAt, bRe, bIm, bAt, outRe, outIm, outAt, count, add);
  }
}
