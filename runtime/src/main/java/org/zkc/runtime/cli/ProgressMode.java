package org.zkc.runtime.cli;

/** Values of {@code --progress}. */
enum ProgressMode {
  /** A bar on a terminal, nothing elsewhere. */
  AUTO,
  /** Lines on stderr. */
  PLAIN,
  /** Nothing. */
  NONE
}
