package org.zkc.passes.quantize;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.zkc.ir.Interval;
import org.zkc.ir.Op;
import org.zkc.ir.Program;
import org.zkc.ir.Uses;
import org.zkc.ir.integer.Exponentials;
import org.zkc.ir.integer.IntegerRules;
import org.zkc.ir.integer.Requantize;
import org.zkc.ir.integer.Table;
import org.zkc.ir.integer.WindowMax;
import org.zkc.passes.integer.IntegerBuilder;
import org.zkc.passes.integer.WideClamp;

/**
 * The cost of an integer program in tables, before its circuit exists. Requantisations with the
 * same clamp bounds share a table over the hull of their windows. Every element is looked up, and
 * its remainder once.
 *
 * @param rows of all tables of functions
 */
record LookupCost(long rows, long lookups) {
  static LookupCost of(Program integer) {
    Uses uses = Uses.of(integer.main());
    Map<Interval, Interval> windows = new HashMap<>();
    long rows = 0;
    long lookups = 0;
    for (Op op : integer.main().body()) {
      if (op instanceof Requantize r) {
        Interval x = IntegerBuilder.interval(r.input());
        Interval clamp = new Interval(r.low(), r.high());
        Optional<WideClamp> wide = WideClamp.of(x, r.shift(), clamp);
        if (wide.isPresent()) {
          rows += wide.get().coarse().size();
          lookups += 2 * r.result().shape().elementCount();
          x = wide.get().left();
        }
        windows.merge(clamp, x.shiftRounded(r.shift()), Interval::hull);
        lookups += r.result().shape().elementCount() * (r.shift() == 0 ? 1 : 2);
      } else if (op instanceof Table t
          && !(uses.definition(t.input()).orElse(null) instanceof Requantize)) {
        rows += t.entries().elementCount();
        lookups += t.result().shape().elementCount();
      } else if (op instanceof Exponentials e) {
        rows += IntegerRules.rows(IntegerBuilder.interval(e.input()), e.shift());
        lookups += e.result().shape().elementCount() * (e.shift() == 0 ? 1 : 2);
      } else if (op instanceof WindowMax m) {
        lookups += m.result().shape().elementCount() * m.size();
      }
    }
    for (Interval window : windows.values()) {
      rows += window.size();
    }
    return new LookupCost(rows, lookups);
  }
}
