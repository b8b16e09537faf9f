package org.zkc.runtime.cli;

import org.jspecify.annotations.Nullable;
import org.zkc.gkr.key.VerifierKey;
import org.zkc.ir.UserException;

/** The value of {@code --threads}. */
final class Threads {
  private static final int MOST = 1024;

  /**
   * The lookups and table rows up to which one thread makes a proof unless more are requested.
   * Sharing such a proof costs as much as it saves (LeNet-5, 30 thousand, takes 7 ms either way),
   * and in a new process the JVM's compilers need the other cores.
   */
  private static final long SMALL_PROOF = 1 << 16;

  private Threads() {}

  /** The threads that were asked for, else all cores. */
  static int of(@Nullable Integer asked) {
    return asked != null ? asked : Runtime.getRuntime().availableProcessors();
  }

  /** The threads that were asked for, else those that proofs of a key have a use for. */
  static int of(@Nullable Integer asked, VerifierKey key) {
    boolean small = key.arithmetization().leaves().live() <= SMALL_PROOF;
    return asked == null && small ? 1 : of(asked);
  }

  static void check(int threads) {
    if (threads < 1 || threads > MOST) {
      throw new UserException("--threads must be from 1 to %d, got %d".formatted(MOST, threads));
    }
  }
}
