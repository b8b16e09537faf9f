package org.zkc.stablehlo.lower;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.DoubleBinaryOperator;
import org.zkc.torchscript.lower.Binding;

/**
 * Functions of two tensors that JAX writes out with choices for numbers that overflow, for signs
 * and for 0: {@code hypot}, quotients that are rounded down, and their remainders. They are
 * recognised by their values, as {@link ActivationPattern activations} are: ATen's operators take a
 * fourth of the lookups.
 */
final class PairPattern {
  /** Operations of the longest form that is known are 13, without what the operands are made of. */
  private static final int MOST_OPERATIONS = 24;

  /** Operations that end such a form. */
  private static final Set<String> LAST = Set.of("stablehlo.select", "stablehlo.round_nearest_afz");

  /** Operations of which each such form has one. */
  private static final Set<String> TELLING = Set.of("stablehlo.remainder", "stablehlo.sqrt");

  private static final double TOLERANCE = 2e-6;

  private static final double[] LEFT = {
    -1e4, -37.25, -7.3, -4, -2.5, -1, -0.6, -1e-3, 0, 2e-3, 0.6, 1, 1.75, 4, 6.1, 41.5, 1e4
  };

  /** Numbers that are not 0: nothing is proved of quotients by 0. */
  private static final double[] RIGHT = {
    -300, -9.5, -3.1, -2, -1, -0.7, -0.01, 0.03, 0.7, 1, 1.5, 2, 3.3, 12, 500
  };

  private record Known(DoubleBinaryOperator value, String aten) {}

  /** A function of two tensors. */
  private record Match(Known function, Held left, Held right) {
    Held emitted(HloCall call, Held result) {
      return new Held(
          call.aten(function.aten, left.binding(), right.binding()),
          result.extents(),
          result.type());
    }
  }

  private static final List<Known> FUNCTIONS =
      List.of(
          new Known((x, y) -> Math.sqrt(x * x + y * y), "hypot"),
          new Known((x, y) -> Math.floor(x / y), "floor_divide"),
          new Known((x, y) -> x - y * Math.floor(x / y), "remainder"));

  private PairPattern() {}

  /**
   * The function of two tensors that the operation's result is, of those that stand first in the
   * text: {@code hypot} is one of magnitudes too. Empty for other results.
   */
  static Optional<Held> of(HloCall call, Held result) {
    if (!LAST.contains(call.operation().name())
        || result.number().isPresent()
        || !ElementTypes.isReal(result.type())) {
      return Optional.empty();
    }
    PriorityQueue<HloCall> frontier =
        new PriorityQueue<>(Comparator.comparingInt(HloCall::order).reversed());
    Map<Binding, HloCall> waiting = new IdentityHashMap<>();
    List<HloCall> expanded = new ArrayList<>();
    Map<Binding, Held> leaves = new IdentityHashMap<>();
    boolean isTelling = false;
    Optional<Match> match = Optional.empty();
    HloCall next = call;
    while (next != null
        && expanded.size() < MOST_OPERATIONS
        && call.block().module().searches(1)
        && ActivationPattern.isElementwise(next, result)) {
      expanded.add(next);
      isTelling |= TELLING.contains(next.operation().name());
      for (Held operand : next.operands()) {
        if (operand.number().isPresent()) {
          continue;
        }
        leaves.put(operand.binding(), operand);
        Optional<HloCall> made = next.definition(operand);
        if (made.isPresent() && waiting.put(operand.binding(), made.orElseThrow()) == null) {
          frontier.add(made.orElseThrow());
        }
      }
      if (isTelling && leaves.size() == 2) {
        List<Held> roots = List.copyOf(leaves.values());
        Optional<Match> before = match;
        match = matching(call, expanded, roots, result).or(() -> before);
      }
      next = frontier.poll();
      if (next != null) {
        HloCall taken = next;
        leaves.keySet().removeIf(b -> waiting.get(b) == taken);
      }
    }
    return match.map(m -> m.emitted(call, result));
  }

  private static Optional<Match> matching(
      HloCall call, List<HloCall> operations, List<Held> roots, Held result) {
    for (Held root : roots) {
      if (!ElementTypes.isReal(root.type()) || !root.extents().equals(result.extents())) {
        return Optional.empty();
      }
    }
    List<HloCall> order = new ArrayList<>(operations);
    order.sort(Comparator.comparingInt(HloCall::order));
    return matching(call, order, roots.getFirst(), roots.getLast())
        .or(() -> matching(call, order, roots.getLast(), roots.getFirst()));
  }

  /** Whether rounding decides which whole numbers a quotient is between. */
  private static boolean isUnclear(double x, double y) {
    double quotient = x / y;
    return x % y != 0 && Math.abs(quotient - Math.rint(quotient)) < 1e-9;
  }

  private static Optional<Match> matching(
      HloCall call, List<HloCall> order, Held left, Held right) {
    List<Known> fitting = new ArrayList<>(FUNCTIONS);
    for (double x : LEFT) {
      for (double y : RIGHT) {
        if (isUnclear(x, y)) {
          continue;
        }
        Optional<Double> value =
            !fitting.isEmpty() && call.block().module().searches(order.size())
                ? ActivationPattern.evaluate(
                    call, order, Map.of(left.binding(), x, right.binding(), y))
                : Optional.empty();
        if (value.isEmpty()) {
          return Optional.empty();
        }
        double found = value.orElseThrow();
        fitting.removeIf(f -> {
          double expected = f.value().applyAsDouble(x, y);
          return !(Math.abs(found - expected) <= TOLERANCE * (1 + Math.abs(expected)));
        });
      }
    }
    return fitting.stream().findFirst().map(f -> new Match(f, left, right));
  }
}
