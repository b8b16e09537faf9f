package org.zkc.ir.circuit;

import java.util.List;
import org.zkc.ir.ColumnType;
import org.zkc.ir.FieldBounds;
import org.zkc.ir.Interval;
import org.zkc.ir.Value;
import org.zkc.ir.integer.IntegerRules;

/**
 * The conditions under which a table and a remainder name one integer for each residue
 * (docs/protocol.md section 2).
 */
final class LookupRules {
  private LookupRules() {}

  /**
   * The window condition: with [a0, a1] the bounds of x + half and [v0, v1] every value that table
   * and remainder can name, v0 <= a0, a1 <= v1, v1 - a0 < p and a1 - v0 < p. Without it one x has
   * several (h, remainder) modulo p.
   */
  static void requantize(Value input, int shift, List<Integer> limbs, long first, long size) {
    limbs(shift, limbs);
    long half = shift == 0 ? 0 : 1L << (shift - 1);
    Interval x = interval(input);
    long a0 = x.low() + half;
    long a1 = x.high() + half;
    long v0 = Math.multiplyExact(first, 1L << shift);
    long v1 = Math.addExact(Math.multiplyExact(Math.addExact(first, size), 1L << shift), -1);
    require(
        v0 <= a0 && a1 <= v1,
        "the table covers [%d, %d], the operand plus half reaches [%d, %d]",
        v0,
        v1,
        a0,
        a1);
    require(
        Math.subtractExact(v1, a0) < FieldBounds.ORDER
            && Math.subtractExact(a1, v0) < FieldBounds.ORDER,
        "window condition: [%d, %d] of the table and [%d, %d] of the operand are p = 2^31 - 1 or"
            + " more apart",
        v0,
        v1,
        a0,
        a1);
  }

  /**
   * A difference m - x of two elements of the operand lies in [-d, d], d the length of its
   * interval, and table and remainder name [0, size 2^shift): the table reaches d, and no two of
   * these integers are p or more apart.
   */
  static void exponentials(Exponentials e) {
    limbs(e.shift(), e.limbs());
    Interval x = interval(e.input());
    long least = IntegerRules.rows(x, e.shift());
    require(
        least <= e.size() && e.size() <= FieldBounds.MAX_TABLE_ROWS,
        "the table has %d rows, differences reach %d and at most %d are allowed",
        e.size(),
        least,
        FieldBounds.MAX_TABLE_ROWS);
    require(
        e.entries().elementCount() <= e.size(),
        "%d entries are more than the table's %d rows",
        e.entries().elementCount(),
        e.size());
    require(
        ((long) e.size() << e.shift()) - 1 + x.high() - x.low() < FieldBounds.ORDER,
        "window condition: %d rows of 2^%d integers and differences up to %d are p = 2^31 - 1 or"
            + " more apart",
        e.size(),
        e.shift(),
        x.high() - x.low());
    require(
        e.input().shape().extent(e.axis()) >= 2,
        "the axis must have two elements at least, it has %d",
        e.input().shape().extent(e.axis()));
  }

  private static void limbs(int shift, List<Integer> limbs) {
    require(
        shift >= 0 && shift <= FieldBounds.MAX_SHIFT,
        "a shift must lie in [0, %d], got %d",
        FieldBounds.MAX_SHIFT,
        shift);
    require(
        limbs.stream().allMatch(b -> b >= 1 && b <= FieldBounds.MAX_LIMB_BITS)
            && limbs.stream().mapToLong(b -> b).sum() == shift,
        "limbs %s must lie in [1, %d] and add up to the shift %d",
        limbs,
        FieldBounds.MAX_LIMB_BITS,
        shift);
  }

  private static Interval interval(Value value) {
    require(value.type() instanceof ColumnType, "%s is a spectrum, it must be a column", value);
    return Interval.of(value.columnType());
  }

  private static void require(boolean condition, String sentence, Object... values) {
    if (!condition) {
      throw new IllegalArgumentException(sentence.formatted(values));
    }
  }
}
