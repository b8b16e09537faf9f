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

  /** {@code file:line:column: message}, the source line, and a caret below the place. */
  @Override
  public String describe() {
    return "%s:%d:%d: %s\n%s"
        .formatted(
            location().file(),
            span.line(),
            span.column(),
            getMessage(),
            span.underlineLine(location().text()));
  }
}
