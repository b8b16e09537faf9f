package org.zkc.gkr.circuit;

import java.util.Optional;

/**
 * The interval of a x + b T(x), where T is a {@link Requantize} of the same x. With s its shift, x
 * + half lies in [2^s h, 2^s (h + 1)) where T(x) is the entry of row h. The sum therefore has
 * bounds row by row, and lies in their hull. The hull is no wider than the interval that follows
 * from those of x and T(x). A clamp of wide sums has this form: x less an excess that is a function
 * of its upper bits.
 */
final class ExcessBounds {
  private ExcessBounds() {}

  /**
   * The interval; empty where the relation is of another form. The relation's sources have been
   * checked.
   */
  static Optional<Interval> of(Affine affine, CheckState state) {
    if (affine.terms().size() != 2
        || !affine.constants().isEmpty()
        || affine.terms().stream().anyMatch(t -> !t.steps().isEmpty())) {
      return Optional.empty();
    }
    for (int k = 0; k < 2; k++) {
      Affine.Term table = affine.terms().get(k);
      Affine.Term x = affine.terms().get(1 - k);
      if (state.definition(table.source()) instanceof Requantize r && r.source() == x.source()) {
        return Optional.of(rows(r, x.coefficient(), table.coefficient(), state));
      }
    }
    return Optional.empty();
  }

  /**
   * The interval of a x + b T(x); {@link Requantize#interval} has checked that the table has every
   * row.
   */
  private static Interval rows(Requantize r, long a, long b, CheckState state) {
    Interval x = state.source(r.source());
    Table table = state.circuit().tables().get(r.table());
    long half = r.shift() == 0 ? 0 : 1L << (r.shift() - 1);
    long first = x.low() + half >> r.shift();
    long last = x.high() + half >> r.shift();
    state.count(last - first + 1);
    long least = Long.MAX_VALUE;
    long most = Long.MIN_VALUE;
    for (long h = first; h <= last; h++) {
      long from = Math.max(x.low(), (h << r.shift()) - half);
      long to = Math.min(x.high(), (h + 1 << r.shift()) - half - 1);
      long entry = Math.multiplyExact(b, table.value(Math.toIntExact(h - table.first())));
      long p = Math.addExact(Math.multiplyExact(a, from), entry);
      long q = Math.addExact(Math.multiplyExact(a, to), entry);
      least = Math.min(least, Math.min(p, q));
      most = Math.max(most, Math.max(p, q));
    }
    return new Interval(least, most);
  }
}
