package org.zkc.gkr.hash;

import org.zkc.gkr.kernel.Training;

/** {@link ScalarCompression} until {@link VectorCompression} is compiled. */
final class TrainedCompression implements Compression {
  private static final int EXERCISE_LANES = 256;

  private final Compression scalar = new ScalarCompression();
  private final Compression vector = new VectorCompression();
  private final Training training = Training.of(() -> exercise(scalar), () -> exercise(vector));

  private static void exercise(Compression compression) {
    int[] chaining = new int[Blake3.DIGEST_WORDS * EXERCISE_LANES];
    int[] message = new int[Blake3.BLOCK_WORDS * EXERCISE_LANES];
    compression.compress(
        chaining,
        0,
        EXERCISE_LANES,
        message,
        0,
        EXERCISE_LANES,
        EXERCISE_LANES,
        0,
        Blake3.BLOCK_BYTES,
        0);
  }

  @Override
  public void expect(long blocks) {
    training.expect(Blake3.BLOCK_WORDS * blocks);
  }

  @Override
  public void compress(
      int[] chaining,
      int chainingBase,
      int chainingStride,
      int[] message,
      int messageBase,
      int messageStride,
      int lanes,
      long counter,
      int blockLength,
      int flags) {
    (training.isReady((long) Blake3.BLOCK_WORDS * lanes) ? vector : scalar)
        .compress(
            chaining,
            chainingBase,
            chainingStride,
            message,
            messageBase,
            messageStride,
            lanes,
            counter,
            blockLength,
            flags);
  }
}
