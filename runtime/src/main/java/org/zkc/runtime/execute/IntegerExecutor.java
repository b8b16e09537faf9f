package org.zkc.runtime.execute;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.gkr.circuit.Conv;
import org.zkc.gkr.circuit.FftConv;
import org.zkc.gkr.circuit.Linear;
import org.zkc.gkr.circuit.MatMul;
import org.zkc.gkr.circuit.Max;
import org.zkc.gkr.circuit.Product;
import org.zkc.gkr.circuit.Relation;
import org.zkc.gkr.circuit.Requantize;
import org.zkc.gkr.circuit.RoundedQuotient;
import org.zkc.gkr.circuit.Table;
import org.zkc.gkr.circuit.TensorDeclaration;
import org.zkc.gkr.circuit.ViewStep;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.prove.Witness;
import org.zkc.runtime.emit.ModelWeights;

/**
 * Evaluates a circuit on integers: the witness of a proof and the answer of {@code zkc run}.
 * Weights are prepared once; the elements do not depend on the number of threads. Elements are
 * row-major over the real index set.
 */
public final class IntegerExecutor {
  private final Circuit circuit;

  /** Elements of the MODEL tensors that are read otherwise than as weights of Conv or MatMul. */
  private final Map<Integer, int[]> model = new HashMap<>();

  private final Map<Conv, ConvKernel> convolutions = new HashMap<>();

  /** Transposed weights, [I, O]. */
  private final Map<Integer, int[]> matrices = new HashMap<>();

  /** The circuit must have passed {@link org.zkc.gkr.circuit.CircuitCheck}. */
  public IntegerExecutor(Circuit circuit, ModelWeights weights) {
    this.circuit = circuit;
    for (Relation relation : circuit.relations()) {
      switch (relation) {
        case Conv c -> convolutions.put(c, kernel(c, weights));
        case FftConv c -> convolutions.put(c.conv(), kernel(c.conv(), weights));
        case MatMul m -> {
          List<Integer> shape = shape(m.weight());
          matrices.computeIfAbsent(
              m.weight(),
              w ->
                  IntMatrices.transpose(
                      weights.tensor(w).elements(), 0, shape.get(0), shape.get(1)));
        }
        case Linear l -> l.terms().forEach(t -> keepIfModel(t.source(), weights));
        case Product p -> {
          keepIfModel(p.left(), weights);
          keepIfModel(p.right(), weights);
        }
        case Max m -> m.sources().forEach(s -> keepIfModel(s, weights));
        case Requantize r -> keepIfModel(r.source(), weights);
        case RoundedQuotient q -> {
          keepIfModel(q.numerator(), weights);
          keepIfModel(q.denominator(), weights);
        }
      }
    }
  }

  private ConvKernel kernel(Conv c, ModelWeights weights) {
    return new ConvKernel(
        c,
        shape(c.source()),
        shape(c.weight()),
        weights.tensor(c.weight()).elements(),
        shape(c.result()));
  }

  private void keepIfModel(int tensor, ModelWeights weights) {
    if (circuit.tensors().get(tensor).role() == TensorDeclaration.Role.MODEL) {
      model.computeIfAbsent(tensor, t -> weights.tensor(t).elements());
    }
  }

  /**
   * Evaluates every relation.
   *
   * @param inputs elements of the circuit's inputs, in its order
   * @param threads at least 1
   * @throws IllegalArgumentException when an input has another size than declared, or an element
   *     outside its interval
   */
  public Witness run(List<int[]> inputs, int threads) {
    Witness witness = new Witness(circuit.tensors().size());
    for (int i = 0; i < circuit.inputs().size(); i++) {
      int tensor = circuit.inputs().get(i);
      checkInput(circuit.tensors().get(tensor), inputs.get(i));
      witness.set(tensor, inputs.get(i));
    }
    try (Workers workers = Workers.of(threads)) {
      for (Relation relation : circuit.relations()) {
        witness.set(relation.result(), evaluate(relation, witness, workers));
      }
    }
    return witness;
  }

  /** The elements of the circuit's outputs, in its order. */
  public List<int[]> outputs(Witness witness) {
    return circuit.outputs().stream().map(witness::elements).toList();
  }

  private static void checkInput(TensorDeclaration declaration, int[] elements) {
    if (elements.length != declaration.elementCount()) {
      throw new IllegalArgumentException(
          "an input of shape %s was given %d elements"
              .formatted(declaration.shape(), elements.length));
    }
    for (int e : elements) {
      if (e < declaration.low() || e > declaration.high()) {
        throw new IllegalArgumentException(
            "input element %d is outside [%d, %d]"
                .formatted(e, declaration.low(), declaration.high()));
      }
    }
  }

  private int[] evaluate(Relation relation, Witness witness, Workers workers) {
    return switch (relation) {
      case Linear l -> linear(l, witness);
      case Conv c -> convolution(c, witness, workers);
      case FftConv c -> convolution(c.conv(), witness, workers);
      case MatMul m -> matmul(m, witness, workers);
      case Product p -> product(elements(p.left(), witness), elements(p.right(), witness));
      case Requantize r -> requantize(r, elements(r.source(), witness));
      case Max m -> max(m.sources().stream().map(s -> elements(s, witness)).toList());
      case RoundedQuotient q ->
          quotient(elements(q.numerator(), witness), elements(q.denominator(), witness), q.bits());
    };
  }

  private int[] convolution(Conv c, Witness witness, Workers workers) {
    return Objects.requireNonNull(convolutions.get(c), "made with the executor")
        .run(elements(c.source(), witness), workers);
  }

  private int[] linear(Linear l, Witness witness) {
    List<Integer> shape = shape(l.result());
    int[] out = new int[Math.toIntExact(circuit.tensors().get(l.result()).elementCount())];
    for (Linear.Term term : l.terms()) {
      ViewEvaluation view =
          new ViewEvaluation(elements(term.source(), witness), shape(term.source()));
      for (ViewStep step : term.steps()) {
        view = view.apply(step);
      }
      int[] seen = view.elements();
      int coefficient = (int) term.coefficient();
      for (int i = 0; i < out.length; i++) {
        out[i] += coefficient * seen[i];
      }
    }
    l.constants().forEach(box -> fill(out, shape, box, 0, 0));
    return out;
  }

  private static void fill(int[] out, List<Integer> shape, Linear.Box box, int axis, int at) {
    if (axis == shape.size()) {
      out[at] += (int) box.value();
      return;
    }
    for (int i = box.starts().get(axis); i < box.limits().get(axis); i++) {
      fill(out, shape, box, axis + 1, at * shape.get(axis) + i);
    }
  }

  private int[] matmul(MatMul m, Witness witness, Workers workers) {
    int[] source = elements(m.source(), witness);
    int outputs = shape(m.weight()).get(0);
    int depth = shape(m.weight()).get(1);
    int rows = depth == 0 ? 0 : source.length / depth;
    int[] matrix = Objects.requireNonNull(matrices.get(m.weight()), "made with the executor");
    int[] out = new int[rows * outputs];
    int chunk = Math.max(1, (outputs + workers.threads() - 1) / workers.threads());
    workers.forEach(
        (outputs + chunk - 1) / chunk,
        task -> {
          int first = task * chunk;
          int count = Math.min(chunk, outputs - first);
          IntMatrices.multiplyAdd(
              rows, count, depth, source, 0, depth, matrix, first, outputs, out, first, outputs);
        });
    return out;
  }

  private static int[] product(int[] left, int[] right) {
    int[] out = new int[left.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = left[i] * right[i];
    }
    return out;
  }

  private int[] requantize(Requantize r, int[] source) {
    int shift = r.shift();
    int half = shift == 0 ? 0 : 1 << (shift - 1);
    int[] out = new int[source.length];
    int low = Integer.MAX_VALUE;
    int high = Integer.MIN_VALUE;
    for (int i = 0; i < out.length; i++) {
      int h = (source[i] + half) >> shift;
      out[i] = h;
      low = Math.min(low, h);
      high = Math.max(high, h);
    }
    Table table = circuit.tables().get(r.table());
    if (out.length > 0 && (low < table.first() || high >= table.first() + table.size())) {
      throw new IllegalStateException(
          "requantisation met [%d, %d], its table covers [%d, %d]"
              .formatted(low, high, table.first(), table.first() + table.size() - 1));
    }
    switch (table) {
      case Table.Clamp c -> {
        int least = (int) c.low();
        int most = (int) c.high();
        for (int i = 0; i < out.length; i++) {
          out[i] = Math.min(Math.max(out[i], least), most);
        }
      }
      case Table.Entries e -> {
        int[] values = e.values();
        int first = (int) e.first();
        for (int i = 0; i < out.length; i++) {
          out[i] = values[out[i] - first];
        }
      }
    }
    return out;
  }

  private static int[] max(List<int[]> sources) {
    int[] out = sources.getFirst().clone();
    for (int[] source : sources.subList(1, sources.size())) {
      for (int i = 0; i < out.length; i++) {
        out[i] = Math.max(out[i], source[i]);
      }
    }
    return out;
  }

  private static int[] quotient(int[] numerators, int[] denominators, int bits) {
    int[] out = new int[numerators.length];
    for (int i = 0; i < out.length; i++) {
      long d = denominators[i];
      out[i] = (int) Math.floorDiv(((long) numerators[i] << (bits + 1)) + d, 2 * d);
    }
    return out;
  }

  private int[] elements(int tensor, Witness witness) {
    int[] parameters = model.get(tensor);
    return parameters != null ? parameters : witness.elements(tensor);
  }

  private List<Integer> shape(int tensor) {
    return circuit.tensors().get(tensor).shape();
  }
}
