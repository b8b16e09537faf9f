package org.zkc.ir;

import java.util.Objects;

/**
 * The origin of a value: the line of the user's own source, and the layer. A location is printed as
 * {@code loc("model.py":15 "x = self.conv1(x)" layer 3)}.
 *
 * @param line 0 means that the source is not known
 * @param text the source line, empty where the archive does not carry it
 * @param layer number of the tensor-level op that this stands for, from 1 ({@link LayerNumbers}); 0
 *     where layers have not been numbered
 */
public record Location(String file, int line, String text, int layer) {
  public static final Location UNKNOWN = new Location("", 0, "");

  public Location {
    Objects.requireNonNull(file);
    Objects.requireNonNull(text);
    if (layer < 0) {
      throw new IllegalArgumentException("layer " + layer);
    }
  }

  /** A line of source that belongs to no layer. */
  public Location(String file, int line, String text) {
    this(file, line, text, 0);
  }

  public Location withLayer(int number) {
    return new Location(file, line, text, number);
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
