package org.zkc.gkr.hash;

import org.zkc.gkr.kernel.Training;

/** {@link ScalarCompression} until {@link VectorCompression} is compiled. */
final class TrainedCompression implements Compression {
  private static final int EXERCISE_LANES = 256;
  private static final int BRIEF_LANES = 64;
  // Seven rounds written out: a second of the compiler's time.
  private static final int EFFORT = 40;

  private final Compression scalar = new ScalarCompression();
  private final Compression vector = new VectorCompression();
  private final Training training =
      Training.of(
          () -> exercise(scalar, EXERCISE_LANES),
          () -> exercise(vector, EXERCISE_LANES),
          () -> exercise(vector, BRIEF_LANES),
          EFFORT);

  private static void exercise(Compression compression, int lanes) {
    int[] chaining = new int[Blake3.DIGEST_WORDS * lanes];
    int[] message = new int[Blake3.BLOCK_WORDS * lanes];
    compression.compress(chaining, 0, lanes, message, 0, lanes, lanes, 0, Blake3.BLOCK_BYTES, 0);
  }

  @Override
  public void announce(long blocks) {
    training.announce(Blake3.BLOCK_WORDS * blocks);
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
