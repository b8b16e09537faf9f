package org.zkc.stablehlo.program;

import java.util.Objects;
import java.util.Optional;

/**
 * A place in the text, and what the text's {@code loc} says of the origin. A {@code loc} is a tree
 * of names, files and calls; kept are its first name and its first file, those of a callee before
 * those of the caller.
 *
 * @param line from 1; 0 where the text has no such place
 * @param column from 1, in characters
 * @param name {@code states[0]} of {@code loc("states[0]")}
 * @param source the user's line
 */
public record HloLocation(
    int line, int column, Optional<String> name, Optional<SourceLine> source) {

  /**
   * A line of the user's program.
   *
   * @param line from 1
   * @param column from 1; 0 where the text has none
   */
  public record SourceLine(String file, int line, int column) {
    public SourceLine {
      Objects.requireNonNull(file);
    }
  }

  public HloLocation {
    Objects.requireNonNull(name);
    Objects.requireNonNull(source);
  }

  /** A place of which the text says nothing more. */
  public static HloLocation at(int line, int column) {
    return new HloLocation(line, column, Optional.empty(), Optional.empty());
  }
}
