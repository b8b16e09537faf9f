package org.zkc.passes.quantize;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.zkc.ir.Op;
import org.zkc.ir.OpSpec;
import org.zkc.ir.Program;
import org.zkc.ir.Uses;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.tensor.Conv;
import org.zkc.ir.tensor.Linear;

/**
 * The layers in which a program loses its fidelity, by the report of its layers. The loss of a
 * layer is what is missing to R^2 = 1 after it and was not missing after any layer that it reads.
 */
final class FidelityLosses {
  /** A layer with less than this share of the greatest loss is left as it is. */
  private static final double NOTABLE = 0.25;

  /**
   * A layer, its fidelity and its tensors.
   *
   * @param op that gives the layer's value
   * @param rSquared after it, the agreement for indices and truth values
   * @param lost in it
   * @param tensors names of the values that are rounded for it: its own, and the weights of the
   *     maps that no layer between stands for
   */
  record Loss(Op op, double rSquared, double lost, Set<String> tensors) {
    /** {@code this conv} for errors. */
    String what() {
      return OpSpec.of(op).mnemonic() + " " + op.definitions().getFirst().name();
    }
  }

  private final List<Loss> losses;

  FidelityLosses(Program tensor, FidelityReport report) {
    Uses uses = Uses.of(tensor.main());
    Map<String, Double> measured = new HashMap<>();
    report.layers().forEach(e -> measured.put(e.name(), e.score()));
    Map<Op, Loss> found = new LinkedHashMap<>();
    for (Op op : tensor.main().body()) {
      Value result = op.definitions().getFirst();
      Double rSquared = measured.get(result.name());
      if (rSquared != null) {
        found.put(op, loss(op, rSquared, uses, measured));
      }
    }
    losses = found.values().stream().sorted(Comparator.comparingDouble(l -> -l.lost())).toList();
  }

  /** Walks back to the layers that are measured, through those that are part of accumulators. */
  private static Loss loss(Op op, double rSquared, Uses uses, Map<String, Double> measured) {
    Set<String> tensors = new LinkedHashSet<>(List.of(op.definitions().getFirst().name()));
    double worstBefore = 1;
    Deque<Op> open = new ArrayDeque<>(List.of(op));
    while (!open.isEmpty()) {
      Op at = open.pop();
      weight(at, uses).ifPresent(tensors::add);
      for (Value operand : at.operands()) {
        Double before = measured.get(operand.name());
        if (before != null) {
          worstBefore = Math.min(worstBefore, before);
        } else {
          uses.definition(operand).filter(o -> !(o instanceof Constant)).ifPresent(open::push);
        }
      }
    }
    return new Loss(op, rSquared, Math.max(0, worstBefore - rSquared), tensors);
  }

  private static Optional<String> weight(Op op, Uses uses) {
    Optional<Value> weight =
        switch (op) {
          case Conv c -> Optional.of(c.weight());
          case Linear l -> Optional.of(l.weight());
          default -> Optional.empty();
        };
    return weight
        .flatMap(uses::definition)
        .filter(Constant.class::isInstance)
        .map(c -> ((Constant) c).name());
  }

  /** The layer that loses most; empty for a program without layers. */
  Optional<Loss> worst() {
    return losses.stream().findFirst();
  }

  /** The layers that lose a notable share of what the worst loses. */
  List<Loss> notable() {
    return losses.stream()
        .filter(l -> l.lost() > 0 && l.lost() >= NOTABLE * losses.getFirst().lost())
        .toList();
  }
}
