package org.zkc.gkr.code;

import org.zkc.gkr.kernel.Training;

/** {@link ScalarButterflies} until {@link VectorButterflies} are compiled. */
final class TrainedButterflies implements Butterflies {
  private static final int EXERCISE_LOG_SIZE = 10;

  private final Butterflies scalar = new ScalarButterflies();
  private final Butterflies vector = new VectorButterflies();
  private final Training training = Training.of(() -> exercise(scalar), () -> exercise(vector));

  private static void exercise(Butterflies butterflies) {
    int[][] layers = CircleDomain.of(EXERCISE_LOG_SIZE).layers();
    butterflies.transform(new int[1 << EXERCISE_LOG_SIZE], 0, EXERCISE_LOG_SIZE, layers, 0);
  }

  @Override
  public void expect(long transforms, int logSize) {
    training.expect(transforms * ((long) logSize << logSize));
  }

  @Override
  public void transform(int[] values, int base, int logSize, int[][] layers, int twiddleBlock) {
    (training.isReady((long) logSize << logSize) ? vector : scalar)
        .transform(values, base, logSize, layers, twiddleBlock);
  }

  @Override
  public void quarter(int[] values, int base, int logSize, int[][] layers, int twiddleBlock) {
    (training.isReady(2L << logSize) ? vector : scalar)
        .quarter(values, base, logSize, layers, twiddleBlock);
  }
}
