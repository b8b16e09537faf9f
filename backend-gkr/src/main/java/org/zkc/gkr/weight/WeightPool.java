package org.zkc.gkr.weight;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.zkc.gkr.circuit.ViewSemantics;
import org.zkc.gkr.circuit.ViewStep;
import org.zkc.gkr.failure.VerificationFailure;

/**
 * The weights that have been carried through views so far, so that the same weight seen through the
 * same view is the same object, and a claim about it need not be sent twice.
 */
public final class WeightPool {
  /**
   * The elements of all vectors made so far, at most: 1 GiB. Networks stay below a hundredth of it,
   * because their weights are one short vector for each axis; but a circuit that the check accepts
   * can carry eight claims through each of many views of a long axis.
   */
  private static final long MAX_ELEMENTS = 1L << 26;

  private record Key(Weight weight, List<Integer> source, List<ViewStep> steps) {}

  private final Map<Key, Weight> carried = new HashMap<>();
  private final long limit;
  private long elements;

  public WeightPool() {
    this(MAX_ELEMENTS);
  }

  WeightPool(long limit) {
    this.limit = limit;
  }

  /**
   * The weight on a tensor of shape {@code source} that gives {@code weight} on the outcome of
   * {@code steps}.
   *
   * @throws VerificationFailure when the circuit asks for more memory than any network does
   */
  public Weight through(Weight weight, List<Integer> source, List<ViewStep> steps) {
    if (steps.isEmpty()) {
      return weight;
    }
    return carried.computeIfAbsent(
        new Key(weight, source, steps), key -> carry(weight, source, steps));
  }

  private Weight carry(Weight weight, List<Integer> source, List<ViewStep> steps) {
    ArrayList<List<Integer>> shapes = new ArrayList<>();
    List<Integer> shape = source;
    for (ViewStep step : steps) {
      shapes.add(shape);
      shape = ViewSemantics.outcomeShape(shape, step);
    }
    Weight w = weight;
    for (int k = steps.size() - 1; k >= 0; k--) {
      w = w.through(steps.get(k), shapes.get(k));
      elements += w.heldElements();
      if (elements > limit) {
        throw new VerificationFailure(
            "weights carried through views", "at most " + limit + " elements", "more");
      }
    }
    return w;
  }
}
