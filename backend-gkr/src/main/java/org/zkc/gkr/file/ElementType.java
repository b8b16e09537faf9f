package org.zkc.gkr.file;

/**
 * Element types of the arrays that people exchange with a proved program. Real numbers are carried
 * as integers times the port's scale, integers as they are, booleans as 0 or 1.
 */
public enum ElementType {
  F32("f32", Integer.MIN_VALUE, Integer.MAX_VALUE),
  I64("i64", Integer.MIN_VALUE, Integer.MAX_VALUE),
  I1("i1", 0, 1),
  I32("i32", Integer.MIN_VALUE, Integer.MAX_VALUE),
  I16("i16", Short.MIN_VALUE, Short.MAX_VALUE),
  I8("i8", Byte.MIN_VALUE, Byte.MAX_VALUE),
  U8("u8", 0, 255);

  private final String text;
  private final int low;
  private final int high;

  ElementType(String text, int low, int high) {
    this.text = text;
    this.low = low;
    this.high = high;
  }

  /** The name of the type of arrays given out, such as {@code f32} or {@code i64}. */
  public String text() {
    return text;
  }

  /** Whether arrays of the type can carry all integers of an interval. */
  public boolean carries(long least, long greatest) {
    return least >= low && greatest <= high;
  }
}
