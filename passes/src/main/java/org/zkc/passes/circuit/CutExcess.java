package org.zkc.passes.circuit;

import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.zkc.ir.Function;
import org.zkc.ir.Interval;
import org.zkc.ir.Level;
import org.zkc.ir.Op;
import org.zkc.ir.Value;
import org.zkc.ir.circuit.Requantize;
import org.zkc.ir.circuit.RequantizeTable;
import org.zkc.passes.PassContext;
import org.zkc.passes.Rewrite;
import org.zkc.passes.integer.WideClamp;

/**
 * Requantisations of few elements of sums that could reach far more than is kept get short tables:
 * {@link WideClamp} takes off the excess first.
 *
 * <pre>
 *   requantize(x)  ->  requantize(x - 2^t requantize_table(x))
 * </pre>
 *
 * <p>A table costs the prover its rows once, whatever is looked up in it, and the excess costs a
 * committed element and a few lookups for each element. The sums of a layer with 784 inputs have a
 * table of 14,643 rows at 8 bits; where the layer has 128 outputs, 1,000 rows and 500 lookups do.
 * Requantisations that share a table give it up together or not at all.
 */
public final class CutExcess extends Rewrite {
  /** Rows that cost as much as an element's excess: it is committed to and looked up in parts. */
  private static final long PER_ELEMENT = 4;

  /** Rows that cost as much as two further relations and a further table. */
  private static final long PER_USE = 1 << 11;

  /** By how much tables shrink at least; two relations more make a key longer. */
  private static final long GAIN = 2;

  public CutExcess() {
    super(
        "cut-excess",
        "Takes the excess off sums of few elements, so that their tables hold what is kept.",
        Level.CIRCUIT,
        Need.OPTIMISATION);
  }

  /**
   * A requantisation.
   *
   * @param function equal for those that look up the same function
   * @param kept the arguments of the function between which it changes
   * @param window those that its table holds
   */
  private record Use(Op op, Object function, Interval kept, Interval window, Value x, int shift) {
    static Use of(Requantize r) {
      Interval kept = new Interval(r.low(), r.high());
      Interval window = new Interval(r.first(), r.first() + r.size() - 1);
      return new Use(r, kept, kept, window, r.input(), r.shift());
    }

    static Use of(RequantizeTable r) {
      int[] entries = new int[Math.toIntExact(r.entries().elementCount())];
      r.entries().copyInts(0, entries, 0, entries.length);
      int from = 0;
      int to = entries.length - 1;
      while (to > 0 && entries[to] == entries[to - 1]) {
        to--;
      }
      while (from < to && entries[from] == entries[from + 1]) {
        from++;
      }
      Interval kept = new Interval(r.first() + from, r.first() + to);
      Interval window = new Interval(r.first(), r.first() + entries.length - 1);
      Changing function =
          new Changing(kept.low(), IntBuffer.wrap(entries, from, to - from + 1).slice());
      return new Use(r, function, kept, window, r.input(), r.shift());
    }

    /** The steps where they leave a shorter window. */
    Optional<WideClamp> cut() {
      return WideClamp.shortest(ColumnIntervals.interval(x), shift, kept)
          .filter(c -> left(c).size() < window.size());
    }

    Interval left(WideClamp cut) {
      return cut.left().shiftRounded(shift);
    }
  }

  /** A function that is constant before and behind its entries. */
  private record Changing(long first, IntBuffer entries) {}

  @Override
  protected Rules begin(Function function, PassContext context) {
    Map<Object, List<Use>> groups = new LinkedHashMap<>();
    for (Op op : function.body()) {
      if (op instanceof Requantize r) {
        Use use = Use.of(r);
        groups.computeIfAbsent(use.function(), k -> new ArrayList<>()).add(use);
      } else if (op instanceof RequantizeTable r) {
        Use use = Use.of(r);
        groups.computeIfAbsent(use.function(), k -> new ArrayList<>()).add(use);
      }
    }
    Map<Op, WideClamp> cuts = new IdentityHashMap<>();
    groups.values().forEach(group -> decide(group, cuts));
    return (op, scope) -> {
      WideClamp cut = cuts.get(op);
      if (cut != null) {
        Value result = op.definitions().getFirst();
        CircuitBuilder out = new CircuitBuilder(scope);
        out.at(result.name(), op.location());
        scope.replace(result, shortened(op, cut, out));
      }
      return cut != null;
    };
  }

  /** Cuts the excess of all uses of a function, or of none. */
  private static void decide(List<Use> group, Map<Op, WideClamp> cuts) {
    Map<Op, WideClamp> found = new IdentityHashMap<>();
    Interval before = group.getFirst().window();
    Interval after = null;
    long cost = 0;
    for (Use use : group) {
      Optional<WideClamp> cut = use.cut();
      Interval left = cut.map(use::left).orElse(use.window());
      before = before.hull(use.window());
      after = after == null ? left : after.hull(left);
      if (cut.isPresent()) {
        found.put(use.op(), cut.get());
        cost += cut.get().coarse().size() + PER_ELEMENT * use.x().shape().elementCount() + PER_USE;
      }
    }
    if (after != null && GAIN * (after.size() + cost) < before.size()) {
      cuts.putAll(found);
    }
  }

  private static Value shortened(Op op, WideClamp cut, CircuitBuilder out) {
    if (op instanceof Requantize r) {
      return out.requantize(out.withoutExcess(r.input(), cut), r.shift(), r.low(), r.high());
    }
    RequantizeTable r = (RequantizeTable) op;
    return out.requantizeTable(
        out.withoutExcess(r.input(), cut), r.shift(), r.first(), r.entries());
  }
}
