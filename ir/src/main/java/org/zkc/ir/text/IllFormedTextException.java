package org.zkc.ir.text;

import java.util.List;
import java.util.stream.Collectors;
import org.zkc.ir.Diagnostic;
import org.zkc.ir.Location;
import org.zkc.ir.UserException;

/**
 * A text that parses, and whose program the checker refuses: every finding at its place in the
 * text.
 */
public final class IllFormedTextException extends UserException {
  private static final long serialVersionUID = 1;
  private final transient String description;

  private IllFormedTextException(Location first, String message, String description) {
    super(first, message);
    this.description = description;
  }

  static IllFormedTextException of(
      List<Diagnostic> findings, Parser.Parsed parsed, String file, String text) {
    Diagnostic first = findings.getFirst();
    Span span = span(first, parsed);
    String more = findings.size() == 1 ? "" : " (and %d more)".formatted(findings.size() - 1);
    return new IllFormedTextException(
        new Location(file, span.line(), span.line(text)),
        first.message() + more,
        findings.stream()
            .map(d -> describe(d, parsed, file, text))
            .collect(Collectors.joining("\n")));
  }

  private static String describe(
      Diagnostic finding, Parser.Parsed parsed, String file, String text) {
    Span span = span(finding, parsed);
    return "%s:%d:%d: %s\n%s"
        .formatted(file, span.line(), span.column(), finding.message(), span.underline(text));
  }

  /** The op's name; findings that are not about an op stand at the program's header. */
  private static Span span(Diagnostic finding, Parser.Parsed parsed) {
    return finding.op().map(parsed.spans()::get).orElse(parsed.header());
  }

  /** One paragraph for each finding: {@code file:line:column: message}, the line, a caret. */
  @Override
  public String describe() {
    return description;
  }
}
