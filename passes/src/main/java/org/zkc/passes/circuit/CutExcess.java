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
import org.zkc.ir.Uses;
import org.zkc.ir.Value;
import org.zkc.ir.circuit.ExcessRules;
import org.zkc.ir.circuit.Requantize;
import org.zkc.ir.circuit.RequantizeTable;
import org.zkc.ir.circuit.Sum;
import org.zkc.passes.PassContext;
import org.zkc.passes.Rewrite;
import org.zkc.passes.integer.ExcessCut;
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
      Interval kept = ExcessCut.changing(r.first(), entries);
      Interval window = new Interval(r.first(), r.first() + entries.length - 1);
      Changing function =
          new Changing(
              kept.low(),
              IntBuffer.wrap(
                      entries,
                      Math.toIntExact(kept.low() - r.first()),
                      Math.toIntExact(kept.size()))
                  .slice());
      return new Use(r, function, kept, window, r.input(), r.shift());
    }

    ExcessCut.Site site() {
      return new ExcessCut.Site(
          ColumnIntervals.interval(x), shift, kept, window, x.shape().elementCount());
    }
  }

  /** A function that is constant before and behind its entries. */
  private record Changing(long first, IntBuffer entries) {}

  @Override
  protected Rules begin(Function function, PassContext context) {
    Map<Object, List<Use>> groups = new LinkedHashMap<>();
    Uses uses = Uses.of(function);
    for (Op op : function.body()) {
      if (uses.users(op.definitions().getFirst()).stream()
          .anyMatch(u -> u instanceof Sum s && ExcessRules.of(s, uses::definition).isPresent())) {
        continue;
      }
      if (op instanceof Requantize r) {
        Use use = Use.of(r);
        groups.computeIfAbsent(use.function(), k -> new ArrayList<>()).add(use);
      } else if (op instanceof RequantizeTable r) {
        Use use = Use.of(r);
        groups.computeIfAbsent(use.function(), k -> new ArrayList<>()).add(use);
      }
    }
    Map<Op, WideClamp> cuts = new IdentityHashMap<>();
    for (List<Use> group : groups.values()) {
      List<Optional<WideClamp>> found = ExcessCut.of(group.stream().map(Use::site).toList()).cuts();
      for (int i = 0; i < group.size(); i++) {
        Op op = group.get(i).op();
        found.get(i).ifPresent(cut -> cuts.put(op, cut));
      }
    }
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

  private static Value shortened(Op op, WideClamp cut, CircuitBuilder out) {
    if (op instanceof Requantize r) {
      return out.requantize(out.withoutExcess(r.input(), cut), r.shift(), r.low(), r.high());
    }
    RequantizeTable r = (RequantizeTable) op;
    return out.requantizeTable(
        out.withoutExcess(r.input(), cut), r.shift(), r.first(), r.entries());
  }
}
