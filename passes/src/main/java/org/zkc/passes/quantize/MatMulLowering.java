package org.zkc.passes.quantize;

import java.util.Optional;
import org.zkc.ir.FieldBounds;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.MatMul;
import org.zkc.passes.integer.IntegerBuilder;

/**
 * Matrix products of two computed tensors as exact sums. Factors stay as precise as their integers
 * are while the sums have room. Else they are read at the scales of their classes, and the wider
 * one loses a bit at a time until the sums have room.
 */
final class MatMulLowering {
  /** The greatest factors that are read as they are where the sums have room. */
  private static final long WIDE = 1 << 20;

  /** Wider factors are read at the scales of their classes where the sums have no room. */
  private static final long NARROW = 1 << 12;

  private MatMulLowering() {}

  /** The integers that stand for a tensor-level value. */
  @FunctionalInterface
  interface Integers {
    /** Requantised to the value's class when their magnitude exceeds {@code limit}. */
    Value of(Value value, long limit);
  }

  /**
   * The product.
   *
   * @param limbs where the wider factor is to keep its bits as far as two limbs go
   */
  static Value of(MatMul op, IntegerBuilder out, Integers integers, Optional<LimbProducts> limbs) {
    int depth = op.left().shape().extent(op.left().shape().rank() - 1);
    long limit = FieldBounds.ROUNDED_LIMIT / Math.max(1, depth);
    Value left = integers.of(op.left(), WIDE);
    Value right = integers.of(op.right(), WIDE);
    if (magnitude(left) * magnitude(right) >= limit) {
      left = integers.of(op.left(), NARROW);
      right = integers.of(op.right(), NARROW);
    }
    Value x = left;
    Value y = right;
    Optional<Value> wide = limbs.flatMap(l -> l.of(x, y, depth, out::matMul));
    if (wide.isPresent()) {
      return wide.get();
    }
    Factors factors = fitted(left, right, limit, out);
    return out.matMul(factors.left, factors.right);
  }

  /** Integers that are multiplied. */
  record Factors(Value left, Value right) {}

  /** The factors, the wider of the two with a bit less until their product is below a limit. */
  static Factors fitted(Value left, Value right, long limit, IntegerBuilder out) {
    int leftShift = 0;
    int rightShift = 0;
    long l = magnitude(left);
    long r = magnitude(right);
    while (l * r >= limit && l + r > 2) {
      if (l >= r) {
        l >>= 1;
        leftShift++;
      } else {
        r >>= 1;
        rightShift++;
      }
    }
    return new Factors(coarser(left, leftShift, out), coarser(right, rightShift, out));
  }

  /** The integers with {@code bits} less. */
  private static Value coarser(Value integers, int bits, IntegerBuilder out) {
    long high = magnitude(integers) >> bits;
    return bits == 0 ? integers : out.requantize(integers, bits, -high, high);
  }

  private static long magnitude(Value value) {
    return IntegerBuilder.interval(value).magnitude();
  }
}
