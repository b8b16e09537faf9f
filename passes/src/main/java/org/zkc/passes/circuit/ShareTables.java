package org.zkc.passes.circuit;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.zkc.ir.FieldBounds;
import org.zkc.ir.Function;
import org.zkc.ir.Interval;
import org.zkc.ir.Level;
import org.zkc.ir.Op;
import org.zkc.ir.TensorData;
import org.zkc.ir.circuit.Requantize;
import org.zkc.ir.circuit.RequantizeTable;
import org.zkc.passes.PassContext;
import org.zkc.passes.Rewrite;

/**
 * Lets requantisations share tables: those of one function (equal clamp bounds, or entries that
 * agree and saturate) get the hull of their windows where this makes the tables together smaller
 * and the window condition still holds. A table costs the prover its size once; a lookup costs the
 * same in any table.
 */
public final class ShareTables extends Rewrite {
  public ShareTables() {
    super(
        "share-tables",
        "Gives requantisations with the same function one table over the hull of their windows.",
        Level.CIRCUIT,
        Need.OPTIMISATION);
  }

  /**
   * One use of a table: the op, what its operand reaches, its window, and its entries (null for a
   * clamp).
   */
  private record Use(
      Op op, Interval operand, int shift, Interval window, @Nullable TensorData entries) {
    boolean allows(Interval wider) {
      return TableWindow.isSound(operand, shift, wider);
    }
  }

  /** Uses that share a table, and its window. */
  private static final class Group {
    final List<Use> uses = new ArrayList<>();
    Interval window;

    Group(Use first) {
      uses.add(first);
      window = first.window();
    }

    private static long size(Interval window) {
      return window.high() - window.low() + 1;
    }

    boolean gainsFrom(Use use) {
      Interval hull = window.hull(use.window());
      return size(hull) < size(window) + size(use.window())
          && size(hull) <= FieldBounds.MAX_TABLE_ROWS
          && use.allows(hull)
          && uses.stream().allMatch(u -> u.allows(hull))
          && agrees(use);
    }

    /** Both tables extended to the hull by their end entries are the same. */
    private boolean agrees(Use use) {
      TensorData mine = uses.getFirst().entries();
      if (mine == null) {
        return true;
      }
      Interval hull = window.hull(use.window());
      Use first = uses.getFirst();
      return CircuitBuilder.agree(
          mine,
          first.window().low(),
          Objects.requireNonNull(use.entries(), "a group has tables of one kind"),
          use.window().low(),
          hull);
    }
  }

  @Override
  protected Rules begin(Function function, PassContext context) {
    Map<Object, List<Group>> groups = new LinkedHashMap<>();
    for (Op op : function.body()) {
      if (op instanceof Requantize r) {
        Interval window = new Interval(r.first(), r.first() + r.size() - 1);
        Interval operand = ColumnIntervals.interval(r.input());
        add(groups, new Interval(r.low(), r.high()), new Use(r, operand, r.shift(), window, null));
      } else if (op instanceof RequantizeTable r) {
        Interval window = new Interval(r.first(), r.first() + r.entries().elementCount() - 1);
        Interval operand = ColumnIntervals.interval(r.input());
        add(groups, "entries", new Use(r, operand, r.shift(), window, r.entries()));
      }
    }
    Map<Op, Interval> windows = new IdentityHashMap<>();
    for (List<Group> list : groups.values()) {
      for (Group group : list) {
        for (Use use : group.uses) {
          if (!use.window().equals(group.window)) {
            windows.put(use.op(), group.window);
          }
        }
      }
    }
    context.count(name() + ".tables", groups.values().stream().mapToLong(List::size).sum());
    return (op, scope) -> {
      Interval window = windows.get(op);
      if (window != null) {
        scope.define(widen(op, window));
      }
      return window != null;
    };
  }

  private static void add(Map<Object, List<Group>> groups, Object key, Use use) {
    List<Group> list = groups.computeIfAbsent(key, k -> new ArrayList<>());
    for (Group group : list) {
      if (group.gainsFrom(use)) {
        group.uses.add(use);
        group.window = group.window.hull(use.window());
        return;
      }
    }
    list.add(new Group(use));
  }

  private static Op widen(Op op, Interval window) {
    if (op instanceof Requantize r) {
      int size = Math.toIntExact(window.high() - window.low() + 1);
      return new Requantize(
          r.result(),
          r.input(),
          r.shift(),
          r.limbs(),
          window.low(),
          size,
          r.low(),
          r.high(),
          r.location());
    }
    RequantizeTable r = (RequantizeTable) op;
    TensorData entries = CircuitBuilder.fit(r.entries(), r.first(), window);
    return new RequantizeTable(
        r.result(), r.input(), r.shift(), r.limbs(), window.low(), entries, r.location());
  }
}
