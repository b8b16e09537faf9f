package org.zkc.gkr.code;

import org.zkc.gkr.field.M31;

/**
 * A point of the circle group x^2 + y^2 = 1 over F, cyclic of order p + 1 = 2^31 (Haboeck, Levit,
 * Papini 2024, 3.1). The point is the element x + y i of F[i], of norm 1, and the group's addition
 * is the product in F[i].
 */
public record CirclePoint(int x, int y) {
  static final CirclePoint IDENTITY = new CirclePoint(1, 0);

  /** log2 of the group's order. */
  static final int LOG_ORDER = 31;

  /** A generator: its 2^30-fold is (-1, 0). */
  static final CirclePoint GENERATOR = new CirclePoint(2, 1268011823);

  public CirclePoint add(CirclePoint b) {
    return new CirclePoint(
        M31.sub(M31.mul(x, b.x), M31.mul(y, b.y)), M31.add(M31.mul(x, b.y), M31.mul(y, b.x)));
  }

  CirclePoint doubled() {
    return add(this);
  }

  /** The multiple by {@code scalar} >= 0. */
  CirclePoint times(long scalar) {
    CirclePoint result = IDENTITY;
    CirclePoint power = this;
    for (long s = scalar; s != 0; s >>>= 1) {
      if ((s & 1) != 0) {
        result = result.add(power);
      }
      power = power.doubled();
    }
    return result;
  }

  /** A point of order 2^logOrder, the double of the one of order 2^(logOrder + 1). */
  public static CirclePoint ofOrder(int logOrder) {
    CirclePoint q = GENERATOR;
    for (int j = logOrder; j < LOG_ORDER; j++) {
      q = q.doubled();
    }
    return q;
  }
}
