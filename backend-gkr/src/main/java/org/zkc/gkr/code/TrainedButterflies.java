package org.zkc.gkr.code;

import org.zkc.gkr.kernel.Training;

/** {@link ScalarButterflies} until {@link VectorButterflies} are compiled. */
final class TrainedButterflies implements Butterflies {
  private static final int EXERCISE_LOG_SIZE = 10;
  // Together they have every kind of layer, whatever the length of a vector.
  private static final int BRIEF_LOG_SIZE = 8;
  // Layers of three kinds, and those that take two at once.
  private static final int EFFORT = 12;

  private final Butterflies scalar = new ScalarButterflies();
  private final Butterflies vector = new VectorButterflies();
  private final Training training =
      Training.of(
          () -> exercise(scalar, EXERCISE_LOG_SIZE),
          () -> exercise(vector, EXERCISE_LOG_SIZE),
          () -> {
            exercise(vector, BRIEF_LOG_SIZE);
            exercise(vector, BRIEF_LOG_SIZE + 1);
          },
          EFFORT);

  private static void exercise(Butterflies butterflies, int logSize) {
    int[][] layers = CircleDomain.of(logSize).layers();
    butterflies.transform(new int[1 << logSize], 0, logSize, layers, 0);
  }

  @Override
  public void announce(long transforms, int logSize) {
    training.announce(transforms * ((long) logSize << logSize));
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
