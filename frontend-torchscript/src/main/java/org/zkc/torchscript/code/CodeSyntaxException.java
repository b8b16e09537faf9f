package org.zkc.torchscript.code;

/**
 * Text that is not in the dialect; {@code offset} counts characters from the start of the record.
 */
final class CodeSyntaxException extends RuntimeException {
  private static final long serialVersionUID = 1;
  private final int offset;

  CodeSyntaxException(int offset, String message) {
    super(message);
    this.offset = offset;
  }

  int offset() {
    return offset;
  }
}
