package org.zkc.runtime.cli;

import org.zkc.ir.UserException;

/** The value of {@code --threads}. */
final class Threads {
  private static final int MOST = 1024;

  private Threads() {}

  static void check(int threads) {
    if (threads < 1 || threads > MOST) {
      throw new UserException("--threads must be from 1 to %d, got %d".formatted(MOST, threads));
    }
  }
}
