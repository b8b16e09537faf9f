package org.zkc.passes.integer;

import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import org.zkc.ir.Function;
import org.zkc.ir.IntegerType;
import org.zkc.ir.Interval;
import org.zkc.ir.Op;
import org.zkc.ir.Uses;
import org.zkc.ir.Value;
import org.zkc.ir.integer.Requantize;
import org.zkc.ir.integer.Table;

/**
 * The activations that are not fused with the requantisation before them. A fused lookup has a
 * table of every integer that the sums could reach. Apart, a clamp and the activation cost a lookup
 * and a column more for each element, but all clamps share one table, and the activation's own
 * table holds only what the clamp lets through. Integers beyond the ends of a table are taken for
 * its ends, so all clamps may be as wide as the widest.
 *
 * @param clamps values of the clamps that stay
 * @param tables values of the activations that read them
 * @param window of all of these clamps
 */
record ActivationsApart(Set<Value> clamps, Set<Value> tables, Interval window) {
  /** Fewer rows are not worth a change, nor do they make keys large. */
  private static final long LEAST_GAIN = 1 << 18;

  private static final ActivationsApart NONE =
      new ActivationsApart(Set.of(), Set.of(), Interval.point(0));

  /** The attributes that make the table of a fused lookup another's as well. */
  private record Entries(long first, Object data, long low, long high) {}

  static ActivationsApart of(Function function) {
    Uses uses = Uses.of(function);
    Set<Value> clamps = identities();
    Set<Value> tables = identities();
    Map<Entries, Interval> fused = new HashMap<>();
    long elements = 0;
    long entries = 0;
    Interval reach = null;
    Interval window = null;
    for (Op op : function.body()) {
      if (op instanceof Table t
          && uses.definition(t.input()).orElse(null) instanceof Requantize r
          && uses.count(r.result()) == 1
          && t.first() >= r.low()
          && t.first() + t.entries().elementCount() - 1 <= r.high()) {
        Interval sums = IntegerBuilder.interval(r.input()).shiftRounded(r.shift());
        Interval clamp = new Interval(r.low(), r.high());
        clamps.add(r.result());
        tables.add(t.result());
        Interval before =
            fused.putIfAbsent(new Entries(t.first(), t.entries(), r.low(), r.high()), sums);
        if (before == null) {
          entries += t.entries().elementCount();
        } else {
          fused.put(new Entries(t.first(), t.entries(), r.low(), r.high()), before.hull(sums));
        }
        elements += t.result().shape().elementCount();
        reach = reach == null ? sums : reach.hull(sums);
        window = window == null ? clamp : window.hull(clamp);
      }
    }
    if (reach == null || window == null) {
      return NONE;
    }
    long together = fused.values().stream().mapToLong(Interval::size).sum();
    long apart = reach.size() + fused.size() * window.size() + 2 * elements;
    if (together - apart < LEAST_GAIN + entries) {
      return NONE;
    }
    return new ActivationsApart(clamps, tables, window);
  }

  private static Set<Value> identities() {
    return Collections.newSetFromMap(new IdentityHashMap<>());
  }

  /** Whether the clamp stays and is another than it is. */
  boolean widens(Requantize op) {
    return clamps.contains(op.result()) && !window.equals(new Interval(op.low(), op.high()));
  }

  boolean holds(Table op) {
    return tables.contains(op.result());
  }

  /** The type of the clamp's result with the window of all. */
  IntegerType widened(Requantize op) {
    Interval sums = IntegerBuilder.interval(op.input()).shiftRounded(op.shift());
    Interval clamped = sums.clamp(window.low(), window.high());
    IntegerType type = op.result().integerType();
    return new IntegerType(type.shape(), clamped.low(), clamped.high(), type.scale());
  }
}
