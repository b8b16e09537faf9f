package org.zkc.ir;

import java.util.Objects;

/**
 * Where a value came from in the user's own source: {@code loc("model.py":15 "x = self.conv1(x)")}.
 * Line 0 means that nothing is known. {@code text} is the source line, empty where the archive does
 * not carry it.
 */
public record Location(String file, int line, String text) {
  public static final Location UNKNOWN = new Location("", 0, "");

  public Location {
    Objects.requireNonNull(file);
    Objects.requireNonNull(text);
  }

  public boolean isKnown() {
    return line > 0;
  }

  /** {@code model.py:15}, or the empty string. */
  @Override
  public String toString() {
    return isKnown() ? file + ":" + line : "";
  }
}
