package org.zkc.ir.tensor;

/** Functions of two integers that act on each bit, of two's complement, by itself. */
public enum BitOperation {
  AND,
  OR,
  XOR;

  public long of(long x, long y) {
    return switch (this) {
      case AND -> x & y;
      case OR -> x | y;
      case XOR -> x ^ y;
    };
  }
}
