package org.zkc.passes.quantize;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.zkc.ir.Interval;
import org.zkc.ir.Op;
import org.zkc.ir.Program;
import org.zkc.ir.Uses;
import org.zkc.ir.Value;
import org.zkc.ir.integer.EuclideanNorm;
import org.zkc.ir.integer.Exponentials;
import org.zkc.ir.integer.IntegerRules;
import org.zkc.ir.integer.NormRules;
import org.zkc.ir.integer.Normalize;
import org.zkc.ir.integer.Requantize;
import org.zkc.ir.integer.RequantizeTable;
import org.zkc.ir.integer.RoundedQuotient;
import org.zkc.ir.integer.Table;
import org.zkc.ir.integer.WindowMax;
import org.zkc.passes.integer.ExcessCut;
import org.zkc.passes.integer.IntegerBuilder;
import org.zkc.passes.integer.WideClamp;

/**
 * The cost of an integer program in tables, before its circuit exists. Requantisations with the
 * same clamp bounds share a table over the hull of their windows. Every element is looked up, and
 * every remainder once: the limbs that remainders are split into later are not chosen yet, so that
 * a circuit has as many lookups as this or more.
 *
 * @param rows of all tables of functions
 * @param cutRows the same where the excess of few elements' sums is taken off first ({@link
 *     ExcessCut}), and what that costs
 */
public record LookupCost(long rows, long cutRows, long lookups) {
  /** A quotient and its two remainders. */
  private static final int OF_QUOTIENT = 3;

  /** The halves of a root, a carry and two remainders. */
  private static final int OF_NORM = 5;

  /** Five parts of a reciprocal and its source, two carries and two remainders. */
  private static final int OF_RECIPROCAL = 9;

  /** The two parts of the sum of a group of squares. */
  private static final int OF_GROUP = 2;

  /** The cost of a program of the integer level. */
  public static LookupCost of(Program integer) {
    Uses uses = Uses.of(integer.main());
    Map<Interval, List<ExcessCut.Site>> sites = new HashMap<>();
    long rows = 0;
    long cutRows = 0;
    long lookups = 0;
    for (Op op : integer.main().body()) {
      if (op instanceof Requantize r) {
        Interval x = IntegerBuilder.interval(r.input());
        Interval clamp = new Interval(r.low(), r.high());
        Optional<WideClamp> wide = WideClamp.of(x, r.shift(), clamp);
        if (wide.isPresent()) {
          rows += wide.get().coarse().size();
          cutRows += wide.get().coarse().size();
          lookups += 2 * r.result().shape().elementCount();
          x = wide.get().left();
        }
        sites
            .computeIfAbsent(clamp, c -> new ArrayList<>())
            .add(site(x, r.shift(), clamp, x.shiftRounded(r.shift()), r.result()));
        lookups += r.result().shape().elementCount() * (r.shift() == 0 ? 1 : 2);
      } else if (op instanceof Table t
          && !(uses.definition(t.input()).orElse(null) instanceof Requantize)) {
        rows += t.entries().elementCount();
        cutRows += t.entries().elementCount();
        lookups += t.result().shape().elementCount();
      } else if (op instanceof Exponentials e) {
        long ofTable = IntegerRules.rows(IntegerBuilder.interval(e.input()), e.shift());
        rows += ofTable;
        cutRows += ofTable;
        lookups += e.result().shape().elementCount() * (e.shift() == 0 ? 1 : 2);
      } else if (op instanceof WindowMax m) {
        lookups += m.result().shape().elementCount() * m.size();
      } else if (op instanceof RequantizeTable t) {
        rows += t.entries().elementCount();
        cutRows += ExcessCut.of(List.of(site(t))).rows();
        lookups += t.result().shape().elementCount() * (t.shift() == 0 ? 1 : 2);
      } else if (op instanceof RoundedQuotient q) {
        lookups += q.result().shape().elementCount() * OF_QUOTIENT;
      } else if (op instanceof EuclideanNorm n) {
        lookups += ofNorms(n.input(), n.constant(), List.of());
      } else if (op instanceof Normalize n) {
        lookups +=
            ofNorms(n.input(), n.constant(), n.exponents()) + lines(n.input()) * OF_RECIPROCAL;
      }
    }
    for (List<ExcessCut.Site> ofClamp : sites.values()) {
      rows += ofClamp.stream().map(ExcessCut.Site::window).reduce(Interval::hull).get().size();
      cutRows += ExcessCut.of(ofClamp).rows();
    }
    return new LookupCost(rows, cutRows, lookups);
  }

  private static ExcessCut.Site site(
      Interval x, int shift, Interval kept, Interval window, Value result) {
    return new ExcessCut.Site(x, shift, kept, window, result.shape().elementCount());
  }

  private static ExcessCut.Site site(RequantizeTable t) {
    int[] entries = new int[Math.toIntExact(t.entries().elementCount())];
    t.entries().copyInts(0, entries, 0, entries.length);
    Interval window = new Interval(t.first(), t.first() + entries.length - 1);
    return site(
        IntegerBuilder.interval(t.input()),
        t.shift(),
        ExcessCut.changing(t.first(), entries),
        window,
        t.result());
  }

  private static long ofNorms(Value input, long constant, List<Integer> exponents) {
    int extent = input.shape().extent(input.shape().rank() - 1);
    int groups = NormRules.groups(IntegerBuilder.interval(input), extent, constant, exponents);
    return lines(input) * (OF_NORM + groups * OF_GROUP);
  }

  private static long lines(Value input) {
    return input.shape().elementCount() / input.shape().extent(input.shape().rank() - 1);
  }
}
