package org.zkc.torchscript.code;

/**
 * The escapes that the printer writes: {@code \\ \' \" \a \b \f \n \r \t \v} and three octal
 * digits.
 */
final class StringEscapes {

  private StringEscapes() {}

  /** The value of a literal given with its quotes. */
  static String resolve(int offset, String literal) {
    StringBuilder out = new StringBuilder(literal.length());
    int end = literal.length() - 1;
    int i = 1;
    while (i < end) {
      char c = literal.charAt(i++);
      if (c != '\\') {
        out.append(c);
        continue;
      }
      char escape = literal.charAt(i++);
      switch (escape) {
        case '\\', '\'', '"' -> out.append(escape);
        case 'a' -> out.append('\u0007');
        case 'b' -> out.append('\b');
        case 'f' -> out.append('\f');
        case 'n' -> out.append('\n');
        case 'r' -> out.append('\r');
        case 't' -> out.append('\t');
        case 'v' -> out.append('\u000b');
        default -> {
          if (i + 2 > end
              || !isOctal(escape)
              || !isOctal(literal.charAt(i))
              || !isOctal(literal.charAt(i + 1))) {
            throw new CodeSyntaxException(offset, "a string has an unknown escape");
          }
          out.append((char) Integer.parseInt(literal.substring(i - 1, i + 2), 8));
          i += 2;
        }
      }
    }
    return out.toString();
  }

  private static boolean isOctal(char c) {
    return c >= '0' && c <= '7';
  }
}
