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
import org.zkc.passes.integer.TableWindow;

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
      Op op, Interval operand, int shift, Interval window, int @Nullable [] entries) {
    boolean allows(Interval wider) {
      return TableWindow.isSound(operand, shift, wider);
    }

    /** The entry at x; a table saturates at its ends. */
    private static int at(int[] entries, Interval window, long x) {
      return entries[(int) (Math.clamp(x, window.low(), window.high()) - window.low())];
    }
  }

  /** Uses that share a table, and its window. */
  private static final class Group {
    final List<Use> uses = new ArrayList<>();
    Interval window;
    private @Nullable TensorData fitted;

    Group(Use first) {
      uses.add(first);
      window = first.window();
    }

    private static long size(Interval window) {
      return window.high() - window.low() + 1;
    }

    /**
     * Those that share the table already allow its window, and are asked about a wider one alone.
     */
    boolean gainsFrom(Use use) {
      Interval hull = window.hull(use.window());
      return size(hull) < size(window) + size(use.window())
          && size(hull) <= FieldBounds.MAX_TABLE_ROWS
          && use.allows(hull)
          && (hull.equals(window) || uses.stream().allMatch(u -> u.allows(hull)))
          && agrees(use, hull);
    }

    /** Both tables extended to the hull by their end entries are the same. */
    private boolean agrees(Use use, Interval hull) {
      Use first = uses.getFirst();
      int[] mine = first.entries();
      if (mine == null) {
        return true;
      }
      int[] other = Objects.requireNonNull(use.entries(), "a group has tables of one kind");
      // From the end: there tables differ mostly, where they differ at all.
      for (long x = hull.high(); x >= hull.low(); x--) {
        if (Use.at(mine, first.window(), x) != Use.at(other, use.window(), x)) {
          return false;
        }
      }
      return true;
    }

    /** The entries over the window, the same for all who share it. */
    TensorData fitted() {
      if (fitted == null) {
        RequantizeTable first = (RequantizeTable) uses.getFirst().op();
        fitted = CircuitBuilder.fit(first.entries(), first.first(), window);
      }
      return fitted;
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
        int[] entries = new int[Math.toIntExact(r.entries().elementCount())];
        r.entries().copyInts(0, entries, 0, entries.length);
        Interval window = new Interval(r.first(), r.first() + entries.length - 1);
        Interval operand = ColumnIntervals.interval(r.input());
        add(groups, "entries", new Use(r, operand, r.shift(), window, entries));
      }
    }
    Map<Op, Group> widened = new IdentityHashMap<>();
    for (List<Group> list : groups.values()) {
      for (Group group : list) {
        for (Use use : group.uses) {
          if (!use.window().equals(group.window)) {
            widened.put(use.op(), group);
          }
        }
      }
    }
    context.count(name() + ".tables", groups.values().stream().mapToLong(List::size).sum());
    return (op, scope) -> {
      Group group = widened.get(op);
      if (group != null) {
        scope.define(widen(op, group));
      }
      return group != null;
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

  private static Op widen(Op op, Group group) {
    Interval window = group.window;
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
    return new RequantizeTable(
        r.result(), r.input(), r.shift(), r.limbs(), window.low(), group.fitted(), r.location());
  }
}
