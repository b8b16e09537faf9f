package org.zkc.gkr.weight;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.zkc.gkr.circuit.ViewSemantics;
import org.zkc.gkr.circuit.ViewStep;

/**
 * The weights that have been carried through views so far, so that the same weight seen through the
 * same view is the same object, and a claim about it need not be sent twice.
 */
public final class WeightPool {
  private record Key(Weight weight, List<Integer> source, List<ViewStep> steps) {}

  private final Map<Key, Weight> carried = new HashMap<>();

  /**
   * The weight on a tensor of shape {@code source} that gives {@code weight} on the outcome of
   * {@code steps}.
   */
  public Weight through(Weight weight, List<Integer> source, List<ViewStep> steps) {
    if (steps.isEmpty()) {
      return weight;
    }
    return carried.computeIfAbsent(
        new Key(weight, source, steps), key -> carry(weight, source, steps));
  }

  private static Weight carry(Weight weight, List<Integer> source, List<ViewStep> steps) {
    ArrayList<List<Integer>> shapes = new ArrayList<>();
    List<Integer> shape = source;
    for (ViewStep step : steps) {
      shapes.add(shape);
      shape = ViewSemantics.outcomeShape(shape, step);
    }
    Weight w = weight;
    for (int k = steps.size() - 1; k >= 0; k--) {
      w = w.through(steps.get(k), shapes.get(k));
    }
    return w;
  }
}
