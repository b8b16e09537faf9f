package org.zkc.ir;

import java.util.Locale;

/** The four levels of the IR, in the order in which a program passes through them. */
public enum Level {
  TORCH,
  TENSOR,
  INTEGER,
  CIRCUIT;

  /** The prefix of op names and the keyword of the program header, {@code tensor}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
