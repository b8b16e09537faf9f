package org.zkc.gkr.file;

/** Element types of the arrays that people exchange with a proved program. */
public enum ElementType {
  /** A real number, carried as an integer times the port's scale. */
  F32("f32"),
  /** An index or count, carried as it is. */
  I64("i64"),
  /** A boolean, carried as 0 or 1. */
  I1("i1");

  private final String text;

  ElementType(String text) {
    this.text = text;
  }

  /** The name of the type of arrays given out: {@code f32}, {@code i64} or {@code i1}. */
  public String text() {
    return text;
  }
}
