package org.zkc.stablehlo.text;

import org.zkc.ir.Location;
import org.zkc.ir.UserException;

/** A text that is not a StableHLO program, or one beyond the reader's bounds, and where. */
public final class HloSyntaxException extends UserException {
  private static final long serialVersionUID = 1;
  private final int column;
  private final String marked;

  /**
   * A fault at a place of the text.
   *
   * @param location file, line, and the part of the line that is shown
   * @param column from 1, in bytes
   * @param marked the part of the line that is shown, and a line with a caret below the place
   */
  HloSyntaxException(Location location, int column, String marked, String why, String remedy) {
    super(location, why, remedy);
    this.column = column;
    this.marked = marked;
  }

  /** The column of the fault, from 1, in bytes. */
  public int column() {
    return column;
  }

  /** {@code file:line:column: message}, the line, and a caret below the place. */
  @Override
  public String describe() {
    return "%s:%d:%d: %s\n%s"
        .formatted(location().file(), location().line(), column, getMessage(), marked);
  }
}
