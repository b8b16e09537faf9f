package org.zkc.gkr.prove.layered;

import org.jspecify.annotations.Nullable;
import org.zkc.gkr.kernel.Workers;

/**
 * A register's values in all copies: residues, or, where no more than two residues are met,
 * patterns of them. A table is cut into quarters for that, and the four elements at a place of the
 * quarters have a bit each in one integer: corner (t, u) of the first two variables is bit 2 t + u.
 * So what works on bits moves an eighth of the memory, and {@link TwoRounds} begins with the
 * patterns.
 */
final class Register {
  /** Elements that a thread works on at a time at least. */
  private static final int PIECE = 1 << 12;

  private final @Nullable Patterns patterns;
  private int @Nullable [] residues;

  /**
   * Patterns of two residues.
   *
   * @param of of every place in a quarter, 0 to 15
   * @param low the residue that a bit of 0 stands for
   * @param high the one that a bit of 1 stands for
   */
  // The record is a view of arrays and is never compared.
  @SuppressWarnings("ArrayRecordComponent")
  record Patterns(int[] of, int low, int high) {
    boolean isOf(Patterns other) {
      return low == other.low && high == other.high;
    }
  }

  private Register(int @Nullable [] residues, @Nullable Patterns patterns) {
    this.residues = residues;
    this.patterns = patterns;
  }

  /** Residues, in the order of copies. */
  static Register of(int[] residues) {
    return new Register(residues, null);
  }

  /** Two residues. */
  static Register of(Patterns patterns) {
    return new Register(null, patterns);
  }

  /** Residues that have patterns too where two are met and tables of this order are cut. */
  static Register of(int[] residues, CopyOrder order, Workers workers) {
    return new Register(residues, order.hasQuarters() ? patterns(residues, workers) : null);
  }

  /** The patterns, or null where there are none. */
  @Nullable Patterns patterns() {
    return patterns;
  }

  /**
   * The residues, in the order of copies. They are made of the patterns at the first call, which is
   * not to be one of several threads'.
   */
  int[] residues() {
    if (residues == null) {
      residues = decoded();
    }
    return residues;
  }

  private int[] decoded() {
    if (patterns == null) {
      throw new IllegalStateException("a register has values");
    }
    int quarter = patterns.of().length;
    int difference = patterns.low() ^ patterns.high();
    int[] out = new int[4 * quarter];
    for (int corner = 0; corner < 4; corner++) {
      decode(patterns.of(), corner, patterns.low(), difference, out, corner * quarter);
    }
    return out;
  }

  private static void decode(
      int[] patterns, int corner, int low, int difference, int[] out, int at) {
    for (int k = 0; k < patterns.length; k++) {
      out[at + k] = low ^ difference & -(patterns[k] >>> corner & 1);
    }
  }

  private static @Nullable Patterns patterns(int[] residues, Workers workers) {
    int one = residues[0];
    for (int value : residues) {
      if (value != one) {
        int low = lower(one, value);
        int[] out = new int[residues.length / 4];
        Patterns two = new Patterns(out, low, one ^ value ^ low);
        return fill(residues, two, workers) ? two : null;
      }
    }
    return null;
  }

  /** The one of two residues that a bit of 0 stands for: their lowest differing bit is 0 in it. */
  static int lower(int a, int b) {
    return (a & Integer.lowestOneBit(a ^ b)) == 0 ? a : b;
  }

  /** Writes the patterns; false where there is a third residue. */
  private static boolean fill(int[] table, Patterns two, Workers workers) {
    int difference = two.low() ^ two.high();
    int shift = Integer.numberOfTrailingZeros(difference);
    boolean[] other = new boolean[1];
    workers.forEachPiece(
        two.of().length,
        PIECE,
        (from, to) -> {
          if (fill(table, shift, two.low(), difference, two.of(), from, to) != 0) {
            synchronized (other) {
              other[0] = true;
            }
          }
        });
    return !other[0];
  }

  private static int fill(
      int[] table, int shift, int low, int difference, int[] out, int from, int to) {
    int quarter = out.length;
    int wrong = 0;
    for (int k = from; k < to; k++) {
      int v0 = table[k];
      int v1 = table[k + quarter];
      int v2 = table[k + 2 * quarter];
      int v3 = table[k + 3 * quarter];
      int b0 = v0 >>> shift & 1;
      int b1 = v1 >>> shift & 1;
      int b2 = v2 >>> shift & 1;
      int b3 = v3 >>> shift & 1;
      wrong |= v0 ^ low ^ (difference & -b0) | v1 ^ low ^ (difference & -b1);
      wrong |= v2 ^ low ^ (difference & -b2) | v3 ^ low ^ (difference & -b3);
      out[k] = b0 | b1 << 1 | b2 << 2 | b3 << 3;
    }
    return wrong;
  }
}
