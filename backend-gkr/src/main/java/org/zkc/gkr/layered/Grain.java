package org.zkc.gkr.layered;

import org.zkc.gkr.field.M31;

/**
 * The generator that Poseidon's round constants come from (Grassi, Khovratovich, Rechberger, Roy,
 * Schofnegger, "Poseidon", 2021, appendix E): a linear feedback shift register of 80 bits in
 * self-shrinking mode, begun with the parameters of the permutation.
 */
final class Grain {
  private static final int SIZE = 80;
  private static final int DISCARDED = 160;
  private static final int BITS = 31;
  private static final int[] TAPS = {0, 13, 23, 38, 51, 62};

  private final boolean[] state = new boolean[SIZE];
  private int first;

  /** The generator for x^d over F with these numbers of rounds. */
  Grain(int width, int fullRounds, int partialRounds) {
    // A prime field and a power as S-box, then bits, width, rounds, and ones.
    int at = put(0, 2, 1);
    at = put(at, 4, 0);
    at = put(at, 12, BITS);
    at = put(at, 12, width);
    at = put(at, 10, fullRounds);
    at = put(at, 10, partialRounds);
    put(at, 30, (1 << 30) - 1);
    for (int k = 0; k < DISCARDED; k++) {
      clock();
    }
  }

  private int put(int at, int bits, int value) {
    for (int k = 0; k < bits; k++) {
      state[at + k] = (value >> bits - 1 - k & 1) != 0;
    }
    return at + bits;
  }

  private boolean clock() {
    boolean bit = false;
    for (int tap : TAPS) {
      bit ^= state[(first + tap) % SIZE];
    }
    state[first] = bit;
    first = (first + 1) % SIZE;
    return bit;
  }

  private boolean bit() {
    while (true) {
      boolean taken = clock();
      boolean bit = clock();
      if (taken) {
        return bit;
      }
    }
  }

  /** The next residue, by rejection. */
  int residue() {
    while (true) {
      int value = 0;
      for (int k = 0; k < BITS; k++) {
        value = value << 1 | (bit() ? 1 : 0);
      }
      if (M31.isCanonical(value)) {
        return value;
      }
    }
  }
}
