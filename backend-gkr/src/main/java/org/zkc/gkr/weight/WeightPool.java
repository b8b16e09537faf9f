package org.zkc.gkr.weight;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.zkc.gkr.circuit.ViewSemantics;
import org.zkc.gkr.circuit.ViewStep;
import org.zkc.gkr.failure.VerificationFailure;

/**
 * Numbers the weights of a proof in the order in which they arise (docs/protocol.md section 5.9).
 * The same weight seen through the same view is the same weight, and a claim about it need not be
 * sent twice.
 */
public final class WeightPool {
  /** The cost of a weight beside its elements: objects and places in maps, in units of 16 bytes. */
  private static final int OBJECTS = 32;

  // By the number of the weight on the outcome, then that of the view.
  private final Map<Long, Weight> carried = new HashMap<>();
  private int count;
  private final long limit;
  private long elements;

  public WeightPool() {
    this(VerifierWork.MOST_HELD);
  }

  WeightPool(long limit) {
    this.limit = limit;
  }

  /** The weight under the next number. */
  public Weight fresh(Weight weight) {
    return weight.numbered(count++);
  }

  /**
   * The weight on the view's source that gives {@code weight} on its outcome.
   *
   * @throws VerificationFailure when the circuit asks for more memory than any network does
   */
  public Weight through(Weight weight, TensorView view) {
    if (view.isWhole()) {
      return weight;
    }
    long key = (long) weight.number() << Integer.SIZE | view.number();
    return carried.computeIfAbsent(key, k -> fresh(carry(weight, view.source(), view.steps())));
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
    }
    long held = OBJECTS + w.heldElements();
    VerifierWork.hold(held);
    elements += held;
    if (elements > limit) {
      throw new VerificationFailure(
          "weights carried through views", "at most " + limit + " elements", "more");
    }
    return w;
  }
}
