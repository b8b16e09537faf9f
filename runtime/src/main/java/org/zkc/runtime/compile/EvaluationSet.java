package org.zkc.runtime.compile;

import java.util.List;
import java.util.Optional;
import org.zkc.ir.TensorData;

/**
 * Inputs that fidelity is measured on.
 *
 * @param name what the report calls them: {@code 3 of 20 calibration samples held back}
 * @param inputs one or more, each with one tensor per input of the model
 * @param labels the right class of each row of the model's output, sample after sample
 */
record EvaluationSet(String name, List<List<TensorData>> inputs, Optional<long[]> labels) {
  EvaluationSet {
    inputs = List.copyOf(inputs);
  }

  EvaluationSet(String name, List<List<TensorData>> inputs) {
    this(name, inputs, Optional.empty());
  }

  /** The first {@code count} inputs alone. */
  EvaluationSet first(int count) {
    return count >= inputs.size() ? this : new EvaluationSet(name, inputs.subList(0, count));
  }
}
