package org.zkc.gkr.circuit;

import static org.zkc.gkr.circuit.CheckState.require;

/**
 * The conditions on a {@link Requantize}, above all its window condition, and what its result
 * ranges over.
 */
final class RequantizeCheck {
  private static final long P = Integer.MAX_VALUE;

  private RequantizeCheck() {}

  static Interval interval(Requantize r, TensorDeclaration d, CheckState state) {
    Interval x = state.source(r.source());
    require(
        state.tensor(r.source()).shape().equals(d.shape()), "source and result differ in shape");
    require(r.shift() >= 0 && r.shift() <= CircuitLimits.SHIFT, "shift out of range");
    require(r.limbs().size() <= CircuitLimits.SHIFT, "too many limbs");
    int bits = 0;
    for (int limb : r.limbs()) {
      require(limb >= 1 && limb <= CircuitLimits.RANGE_BITS, "a limb of " + limb + " bits");
      bits += limb;
      state.look(d, 1);
    }
    require(bits == r.shift(), "the limbs have " + bits + " bits, the shift " + r.shift());
    require(r.table() >= 0 && r.table() < state.circuit().tables().size(), "no such table");
    Table table = state.circuit().tables().get(r.table());
    long half = r.shift() == 0 ? 0 : 1L << (r.shift() - 1);
    long reachLow = x.low() + half;
    long reachHigh = x.high() + half;
    // Everything that 2^s h + r can name, over the whole table and remainder range.
    long windowLow = table.first() << r.shift();
    long windowHigh = (table.first() + table.size() << r.shift()) - 1;
    require(
        windowLow <= reachLow && reachHigh <= windowHigh,
        "the table covers ["
            + windowLow
            + ", "
            + windowHigh
            + "], the source reaches ["
            + reachLow
            + ", "
            + reachHigh
            + "]");
    require(
        windowHigh - reachLow < P && reachHigh - windowLow < P,
        "window condition: table and remainder name several integers for one residue");
    state.look(d, 1);
    int first = (int) ((reachLow >> r.shift()) - table.first());
    int last = (int) ((reachHigh >> r.shift()) - table.first());
    if (table instanceof Table.Clamp) {
      // It does not fall.
      return new Interval(table.value(first), table.value(last));
    }
    state.count(last - first + 1);
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
    for (int k = first; k <= last; k++) {
      long value = table.value(k);
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
    return new Interval(min, max);
  }
}
