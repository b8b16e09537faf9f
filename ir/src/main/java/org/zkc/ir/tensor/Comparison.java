package org.zkc.ir.tensor;

/** The relations of a number to 0. */
public enum Comparison {
  LESS,
  LESS_EQUAL,
  EQUAL,
  NOT_EQUAL,
  GREATER_EQUAL,
  GREATER;

  /** Whether a number is in this relation to 0; NaN is to none but NOT_EQUAL. */
  public boolean holds(double x) {
    return switch (this) {
      case LESS -> x < 0;
      case LESS_EQUAL -> x <= 0;
      case EQUAL -> x == 0;
      case NOT_EQUAL -> x != 0;
      case GREATER_EQUAL -> x >= 0;
      case GREATER -> x > 0;
    };
  }
}
