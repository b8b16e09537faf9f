package org.zkc.runtime.cli;

/** The exit codes of {@code zkc}. */
final class ExitCode {
  /** Success; for {@code verify}: valid. */
  static final int OK = 0;

  /**
   * {@code verify} found the proof or key wrong or undecodable; {@code opt --check} found results
   * that differ.
   */
  static final int INVALID = 1;

  /** Usage, missing or bad input file, unsupported model, fidelity target not reached. */
  static final int USER = 2;

  /** Internal error, memory, disk. */
  static final int INTERNAL = 3;

  private ExitCode() {}
}
