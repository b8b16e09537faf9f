package org.zkc.ir.text;

import org.zkc.ir.Location;
import org.zkc.ir.UserException;

/** A text that is not a program: what is wrong, and where. */
public final class IrSyntaxException extends UserException {
  private static final long serialVersionUID = 1;
  private final transient Span span;

  IrSyntaxException(String file, Span span, String text, String message) {
    super(new Location(file, span.line(), span.line(text)), message);
    this.span = span;
  }

  public Span span() {
    return span;
  }

  /**
   * {@code file:line:column: message}, the source line unless it is blank, and a caret below the
   * place.
   */
  @Override
  public String describe() {
    String what =
        "%s:%d:%d: %s".formatted(location().file(), span.line(), span.column(), getMessage());
    return location().text().isBlank() ? what : what + "\n" + span.underlineLine(location().text());
  }
}
