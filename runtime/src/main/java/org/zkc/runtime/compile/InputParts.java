package org.zkc.runtime.compile;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.zkc.gkr.file.Port;
import org.zkc.ir.AxisParts;
import org.zkc.ir.TensorData;

/**
 * The parts of the model's inputs that are inputs of the circuit.
 *
 * @param names of the model's inputs
 * @param parts of each
 */
record InputParts(List<String> names, List<AxisParts> parts) {
  InputParts {
    names = List.copyOf(names);
    parts = List.copyOf(parts);
  }

  /** Whether every input is one of the circuit. */
  boolean isPlain() {
    return parts.stream().allMatch(AxisParts::isWhole);
  }

  private int count(int input) {
    return Math.max(1, parts.get(input).extents().size());
  }

  /** The names of the circuit's inputs, {@code x[:, 2:5]} for a part. */
  List<String> partNames() {
    List<String> out = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      for (int k = 0; k < count(i); k++) {
        out.add(parts.get(i).name(names.get(i), k));
      }
    }
    return out;
  }

  /** The arrays that the circuit's inputs are parts of. */
  List<Optional<Port.Part>> ofPorts() {
    List<Optional<Port.Part>> out = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      Optional<Port.Part> part =
          parts.get(i).isWhole()
              ? Optional.empty()
              : Optional.of(new Port.Part(names.get(i), parts.get(i).axis()));
      out.addAll(Collections.nCopies(count(i), part));
    }
    return out;
  }

  /** Samples with one array for each of the circuit's inputs. */
  List<List<TensorData>> split(List<List<TensorData>> samples) {
    return isPlain() ? samples : samples.stream().map(this::splitSample).toList();
  }

  /** An evaluation set with one array for each of the circuit's inputs. */
  EvaluationSet split(EvaluationSet set) {
    return new EvaluationSet(set.name(), split(set.inputs()), set.labels());
  }

  private List<TensorData> splitSample(List<TensorData> sample) {
    List<TensorData> out = new ArrayList<>();
    for (int i = 0; i < sample.size(); i++) {
      out.addAll(parts.get(i).split(sample.get(i)));
    }
    return out;
  }
}
