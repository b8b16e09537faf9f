package org.zkc.gkr.hash;

import org.zkc.gkr.kernel.Provider;

/**
 * BLAKE3's compression function on adjacent lanes; {@link ScalarCompression} is one lane at a time.
 */
sealed interface Compression permits ScalarCompression, VectorCompression, TrainedCompression {
  static Compression best() {
    return Choice.CHOSEN;
  }

  /**
   * Compresses one block per lane. Word j of lane l's chaining value is chaining[chainingBase +
   * chainingStride * j + l], replaced by the output truncated to 8 words; message word j is
   * message[messageBase + messageStride * j + l].
   */
  void compress(
      int[] chaining,
      int chainingBase,
      int chainingStride,
      int[] message,
      int messageBase,
      int messageStride,
      int lanes,
      long counter,
      int blockLength,
      int flags);

  /** Announces the number of blocks to come later. */
  default void announce(long blocks) {}

  /** Announces the number of blocks to come, before the first. */
  default void expect(long blocks) {}

  /** The choice, made when first used. */
  final class Choice {
    private static final Compression CHOSEN =
        switch (Provider.chosen()) {
          case SCALAR -> new ScalarCompression();
          case VECTOR -> new TrainedCompression();
        };

    private Choice() {}
  }
}
