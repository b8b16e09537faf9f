package org.zkc.gkr.code;

import org.zkc.gkr.kernel.Provider;

/** The FFT's inner loop; {@link ScalarButterflies} is the reference. */
sealed interface Butterflies permits ScalarButterflies, VectorButterflies, TrainedButterflies {
  static Butterflies best() {
    return Choice.CHOSEN;
  }

  /**
   * The layers of bits logSize - 1 down to 0 on the block of 2^logSize values at {@code base}, in
   * place. The twiddles of the layer of bit i start at index twiddleBlock * 2^(logSize - 1 - i) of
   * {@code layers[i]}: a block is one of the pieces into which the skipped upper layers split the
   * domain. {@code layers} hold at least {@link CircleDomain#PADDING} entries more than they have
   * twiddles.
   */
  void transform(int[] values, int base, int logSize, int[][] layers, int twiddleBlock);

  /**
   * The two highest layers of {@link #transform} alone, those of bits logSize - 1 and logSize - 2.
   * The transforms of the four quarters complete it.
   *
   * @param logSize at least {@link #LEAST_QUARTERED}
   */
  void quarter(int[] values, int base, int logSize, int[][] layers, int twiddleBlock);

  /**
   * log2 of the shortest block that is worth splitting; its quarters are at least a vector long.
   */
  int LEAST_QUARTERED = 7;

  /** Announces the number of transforms of 2^logSize values to come later. */
  default void announce(long transforms, int logSize) {}

  /** Announces the number of transforms of 2^logSize values to come, before the first. */
  default void expect(long transforms, int logSize) {}

  /** The choice, made when first used. */
  final class Choice {
    private static final Butterflies CHOSEN =
        switch (Provider.chosen()) {
          case SCALAR -> new ScalarButterflies();
          case VECTOR -> new TrainedButterflies();
        };

    private Choice() {}
  }
}
