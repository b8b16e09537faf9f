package org.zkc.gkr.weight;

import java.util.List;
import org.zkc.gkr.circuit.ViewStep;

/**
 * A tensor of a shape seen through steps. Within a system, equal steps on equal shapes are one view
 * and have one number.
 *
 * @param number 0 for the tensor itself, without steps
 */
public record TensorView(int number, List<Integer> source, List<ViewStep> steps) {
  public TensorView {
    source = List.copyOf(source);
    steps = List.copyOf(steps);
  }

  /** Whether this is the tensor itself. */
  public boolean isWhole() {
    return steps.isEmpty();
  }
}
