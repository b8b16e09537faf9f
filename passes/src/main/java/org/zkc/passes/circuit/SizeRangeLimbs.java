package org.zkc.passes.circuit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.zkc.ir.Function;
import org.zkc.ir.Level;
import org.zkc.ir.Op;
import org.zkc.ir.circuit.Exponentials;
import org.zkc.ir.circuit.Max;
import org.zkc.ir.circuit.Requantize;
import org.zkc.ir.circuit.RequantizeTable;
import org.zkc.passes.PassContext;
import org.zkc.passes.Rewrite;

/**
 * Chooses the limbs of the remainders of requantisations. A remainder of s bits costs one lookup
 * per element and limb; a range table of b bits costs 2^b rows, once per circuit. The pass takes,
 * per shift, the split that makes lookups plus rows fewest: descent over the shifts, one at a time,
 * from several starts.
 */
public final class SizeRangeLimbs extends Rewrite {
  private static final int MOST_LIMBS = 3;
  private static final int LARGEST_LIMB = 18;

  public SizeRangeLimbs() {
    super(
        "size-range-limbs",
        "Splits remainders into the limbs that cost the fewest lookups and table rows together.",
        Level.CIRCUIT,
        Need.OPTIMISATION);
  }

  @Override
  protected Rules begin(Function function, PassContext context) {
    TreeMap<Integer, Long> elements = new TreeMap<>();
    Set<Integer> present = new TreeSet<>();
    for (Op op : function.body()) {
      switch (op) {
        case Requantize r ->
            elements.merge(r.shift(), r.result().shape().elementCount(), Long::sum);
        case RequantizeTable r ->
            elements.merge(r.shift(), r.result().shape().elementCount(), Long::sum);
        case Exponentials e ->
            elements.merge(e.shift(), e.result().shape().elementCount(), Long::sum);
        case Max m -> present.add(rangeBits(m));
        default -> {}
      }
    }
    elements.remove(0);
    Map<Integer, List<Integer>> limbs = choose(elements, present);
    context.count(name() + ".cost", cost(limbs, elements, present));
    return (op, scope) -> {
      Optional<Op> split = split(op, limbs);
      split.ifPresent(scope::define);
      return split.isPresent();
    };
  }

  /** Bits of the range table for maximum minus operand. */
  private static int rangeBits(Max op) {
    long low = op.inputs().stream().mapToLong(v -> v.columnType().low()).min().orElseThrow();
    return Math.max(1, 64 - Long.numberOfLeadingZeros(op.result().columnType().high() - low));
  }

  /**
   * The op with other limbs, if it has a remainder that is split otherwise.
   *
   * @param limbs for all shifts of the program
   */
  private static Optional<Op> split(Op op, Map<Integer, List<Integer>> limbs) {
    return switch (op) {
      case Requantize r when r.shift() > 0 && !r.limbs().equals(limbs.get(r.shift())) ->
          Optional.of(
              new Requantize(
                  r.result(),
                  r.input(),
                  r.shift(),
                  Objects.requireNonNull(limbs.get(r.shift())),
                  r.first(),
                  r.size(),
                  r.low(),
                  r.high(),
                  r.location()));
      case RequantizeTable r when r.shift() > 0 && !r.limbs().equals(limbs.get(r.shift())) ->
          Optional.of(
              new RequantizeTable(
                  r.result(),
                  r.input(),
                  r.shift(),
                  Objects.requireNonNull(limbs.get(r.shift())),
                  r.first(),
                  r.entries(),
                  r.location()));
      case Exponentials e when e.shift() > 0 && !e.limbs().equals(limbs.get(e.shift())) ->
          Optional.of(
              new Exponentials(
                  e.result(),
                  e.input(),
                  e.axis(),
                  e.shift(),
                  Objects.requireNonNull(limbs.get(e.shift())),
                  e.size(),
                  e.entries(),
                  e.location()));
      default -> Optional.empty();
    };
  }

  /**
   * Limbs for each shift, given how many elements have it and which range tables there are anyway.
   */
  static Map<Integer, List<Integer>> choose(Map<Integer, Long> elements, Set<Integer> present) {
    @Nullable Map<Integer, List<Integer>> best = null;
    for (int start = 1; start <= LARGEST_LIMB; start++) {
      @Nullable Map<Integer, List<Integer>> limbs = descend(elements, present, start);
      if (limbs != null
          && (best == null || cost(limbs, elements, present) < cost(best, elements, present))) {
        best = limbs;
      }
    }
    return best == null ? Map.of() : best;
  }

  /** The limbs found from limbs of at most {@code start} bits; null when that takes too many. */
  private static @Nullable Map<Integer, List<Integer>> descend(
      Map<Integer, Long> elements, Set<Integer> present, int start) {
    Map<Integer, List<Integer>> limbs = new TreeMap<>();
    for (int shift : elements.keySet()) {
      List<Integer> greedy = new ArrayList<>();
      for (int left = shift; left > 0; left -= start) {
        greedy.add(Math.min(left, start));
      }
      if (greedy.size() > MOST_LIMBS) {
        return null;
      }
      limbs.put(shift, greedy);
    }
    long cost = cost(limbs, elements, present);
    for (boolean better = true; better; ) {
      better = false;
      for (int shift : elements.keySet()) {
        for (List<Integer> candidate : splits(shift)) {
          List<Integer> before = limbs.put(shift, candidate);
          long changed = cost(limbs, elements, present);
          if (changed < cost) {
            cost = changed;
            better = true;
          } else {
            limbs.put(shift, before);
          }
        }
      }
    }
    return limbs;
  }

  /** All splits of a shift into at most MOST_LIMBS limbs, largest first. */
  private static List<List<Integer>> splits(int shift) {
    List<List<Integer>> out = new ArrayList<>();
    extend(shift, Math.min(shift, LARGEST_LIMB), new ArrayList<>(), out);
    return out;
  }

  private static void extend(int left, int most, List<Integer> prefix, List<List<Integer>> out) {
    if (left == 0) {
      out.add(List.copyOf(prefix));
      return;
    }
    if (prefix.size() == MOST_LIMBS) {
      return;
    }
    for (int bits = Math.min(most, left); bits >= 1; bits--) {
      prefix.add(bits);
      extend(left - bits, bits, prefix, out);
      prefix.removeLast();
    }
  }

  /** Lookups plus rows of range tables that are not there anyway. */
  private static long cost(
      Map<Integer, List<Integer>> limbs, Map<Integer, Long> elements, Set<Integer> present) {
    long cost = 0;
    Set<Integer> tables = new TreeSet<>();
    for (Map.Entry<Integer, List<Integer>> entry : limbs.entrySet()) {
      cost +=
          Objects.requireNonNull(elements.get(entry.getKey()), "limbs are for shifts that occur")
              * entry.getValue().size();
      tables.addAll(entry.getValue());
    }
    for (int bits : tables) {
      cost += present.contains(bits) ? 0 : 1L << bits;
    }
    return cost;
  }
}
