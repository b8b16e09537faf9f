package org.zkc.stablehlo.text;

/** Bounds on what a text may make the reader do; exporters stay below them by a factor of ten. */
final class TextLimits {

  /** Bytes of text without literals; 20,000 operations take some 4 MB. */
  static final int MAX_TEXT = 32 << 20;

  /** Tokens of a text; 20,000 operations take half a million to a million. */
  static final int MAX_TOKENS = 2_000_000;

  /** Brackets inside each other, so that the recursive descent cannot exhaust the stack. */
  static final int MAX_NESTING = 200;

  /** Aliases that lead from one to the next before the first is known. */
  static final int MAX_ALIAS_CHAIN = 200;

  /** Attributes and types that an alias stands for, counted as often as they are named. */
  static final long MAX_ALIAS_SIZE = 1 << 20;

  /** Elements of a literal that is written as a list of numbers; blobs and splats have no bound. */
  static final long MAX_LISTED = 1L << 30;

  /** Dimensions of a tensor. */
  static final int MAX_RANK = 64;

  /** Characters of a message; names and numbers of a text may be long. */
  static final int MAX_MESSAGE = 400;

  /** Bytes of a string from which a hexadecimal one is kept out of the parser. */
  static final int LONG_STRING = 256;

  private TextLimits() {}
}
