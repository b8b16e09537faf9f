package org.zkc.stablehlo.text;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import org.antlr.v4.runtime.Token;

/** Strings and names of MLIR text, whose tokens have a character a byte. */
final class Strings {
  private Strings() {}

  /**
   * The value of a string: escapes {@code \n \t \\ \"} and two hexadecimal digits stand for a byte,
   * and the bytes are UTF-8.
   */
  static String value(SourceText source, Token token) {
    SourceText.Range cut = source.cutAt(token.getStartIndex() + 1);
    if (cut.length() > 0) {
      // A long hexadecimal string, which has no escapes.
      return new String(
          source.file().asSlice(cut.start(), cut.length()).toArray(ValueLayout.JAVA_BYTE),
          StandardCharsets.UTF_8);
    }
    return unquoted(source, token, token.getText());
  }

  /** The name of a symbol, {@code @f} or {@code @"a name"}. */
  static String symbol(SourceText source, Token token) {
    String text = token.getText().substring(1);
    return text.startsWith("\"") ? unquoted(source, token, text) : text;
  }

  private static String unquoted(SourceText source, Token token, String quoted) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(quoted.length());
    int end = quoted.length() - 1;
    int i = 1;
    while (i < end) {
      char c = quoted.charAt(i++);
      if (c != '\\') {
        out.write(c);
        continue;
      }
      char escape = quoted.charAt(i++);
      switch (escape) {
        case '\\', '"' -> out.write(escape);
        case 'n' -> out.write('\n');
        case 't' -> out.write('\t');
        default -> {
          int high = Character.digit(escape, 16);
          int low = i < end ? Character.digit(quoted.charAt(i++), 16) : -1;
          if (high < 0 || low < 0) {
            throw source.fault(
                token, "the string has an unknown escape", "write two hexadecimal digits");
          }
          out.write(high << 4 | low);
        }
      }
    }
    return out.toString(StandardCharsets.UTF_8);
  }
}
