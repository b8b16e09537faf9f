package org.zkc.ir.text;

/**
 * A stretch of one line of a text: line and column count from 1, length is in characters, at least
 * 1.
 */
public record Span(int line, int column, int length) {

  /** The source line of {@code text} with a caret line below it. */
  public String underline(String text) {
    return underlineLine(line(text));
  }

  String underlineLine(String sourceLine) {
    // Tabs stay tabs in the caret line, so that the caret stands below its column.
    StringBuilder caret = new StringBuilder();
    for (int i = 0; i < column - 1 && i < sourceLine.length(); i++) {
      caret.append(sourceLine.charAt(i) == '\t' ? '\t' : ' ');
    }
    int room = Math.max(1, sourceLine.length() - column + 1);
    return sourceLine + "\n" + caret + "^" + "~".repeat(Math.min(length, room) - 1);
  }

  /** The line of {@code text} in which this span lies. */
  public String line(String text) {
    return text.lines().skip(line - 1L).findFirst().orElse("");
  }
}
