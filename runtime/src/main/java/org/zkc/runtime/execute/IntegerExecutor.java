package org.zkc.runtime.execute;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.zkc.gkr.circuit.Affine;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.gkr.circuit.Conv;
import org.zkc.gkr.circuit.EuclideanNorm;
import org.zkc.gkr.circuit.Exponentials;
import org.zkc.gkr.circuit.FftConv;
import org.zkc.gkr.circuit.Gather;
import org.zkc.gkr.circuit.MatMul;
import org.zkc.gkr.circuit.Max;
import org.zkc.gkr.circuit.Normalize;
import org.zkc.gkr.circuit.Product;
import org.zkc.gkr.circuit.Reciprocal;
import org.zkc.gkr.circuit.Relation;
import org.zkc.gkr.circuit.Requantize;
import org.zkc.gkr.circuit.RoundedQuotient;
import org.zkc.gkr.circuit.Table;
import org.zkc.gkr.circuit.TensorDeclaration;
import org.zkc.gkr.circuit.ViewStep;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.prove.Witness;
import org.zkc.ir.Shape;
import org.zkc.ir.UserException;
import org.zkc.ir.kernel.ConvolutionGeometry;
import org.zkc.ir.kernel.IntConvolution;
import org.zkc.ir.kernel.IntExponentials;
import org.zkc.ir.kernel.IntLinear;
import org.zkc.ir.kernel.IntMatMul;
import org.zkc.ir.kernel.IntNorms;
import org.zkc.ir.kernel.TaskRunner;
import org.zkc.runtime.emit.ModelTensor;
import org.zkc.runtime.emit.ModelWeights;

/**
 * Evaluates a circuit on integers: the witness of a proof and the answer of {@code zkc run}. The
 * elements do not depend on the number of threads; they are row-major over the real index set.
 * Weights are read where they lie, one layer at a time, but for the spectra of convolutions in FFT
 * form.
 */
public final class IntegerExecutor {
  /** Elements that a thread works on at a time at least. */
  private static final int PIECE = 1 << 14;

  private final Circuit circuit;
  private final ModelWeights weights;
  private final SaturationLimits limits;
  private final int samples;
  private final List<Saturation> saturations = new ArrayList<>();
  private final Map<FftConv, FftConvKernel> transforms = new HashMap<>();

  /** The circuit must have passed {@link org.zkc.gkr.circuit.CircuitCheck}. */
  public IntegerExecutor(Circuit circuit, ModelWeights weights) {
    this(circuit, weights, SaturationLimits.NONE, 1);
  }

  /**
   * As above; {@link #saturations} then lists what a run cuts beyond {@code limits}.
   *
   * @param samples of which the circuit consists ({@link org.zkc.gkr.circuit.BatchedCircuit}), one
   *     after the other in every tensor that depends on an input
   */
  IntegerExecutor(Circuit circuit, ModelWeights weights, SaturationLimits limits, int samples) {
    this.circuit = circuit;
    this.weights = weights;
    this.limits = limits;
    this.samples = samples;
    for (Relation relation : circuit.relations()) {
      if (relation instanceof FftConv c && isModel(c.conv().weight())) {
        transforms.put(
            c,
            new FftConvKernel(
                c,
                shape(c.conv().source()),
                shape(c.conv().weight()),
                weights.tensor(c.conv().weight()).elements(),
                shape(c.result())));
      }
    }
  }

  /**
   * Evaluates every relation and keeps every tensor, packed after its last use.
   *
   * @param inputs elements of the circuit's inputs, in its order
   * @param threads at least 1
   * @throws IllegalArgumentException when an input has another size than declared, or an element
   *     outside its interval
   * @throws UserException when the model divides by what no proof divides by
   */
  public Witness run(List<int[]> inputs, int threads) {
    Witness witness = new Witness(circuit.tensors().size());
    int[][] outputs = evaluate(inputs, threads, witness::set);
    for (int tensor : circuit.outputs()) {
      witness.set(tensor, outputs[tensor]);
    }
    for (int i = 0; i < inputs.size(); i++) { // an input that no relation reads has no last use
      if (!witness.has(circuit.inputs().get(i))) {
        witness.set(circuit.inputs().get(i), inputs.get(i));
      }
    }
    return witness;
  }

  /** Tensors of which the last run cut what the network does not ask to cut, sample by sample. */
  List<Saturation> saturations() {
    return List.copyOf(saturations);
  }

  /** The elements of the circuit's outputs alone. */
  public List<int[]> runForOutputs(List<int[]> inputs, int threads) {
    int[][] outputs = evaluate(inputs, threads, (tensor, elements, workers) -> {});
    return circuit.outputs().stream().map(tensor -> outputs[tensor]).toList();
  }

  /** Sees a tensor that no further relation reads. */
  @FunctionalInterface
  private interface Finished {
    void tensor(int index, int[] elements, Workers workers);
  }

  // Only the outputs remain at the end: any other tensor is released after its last use.
  private int[][] evaluate(List<int[]> inputs, int threads, Finished finished) {
    saturations.clear();
    int[][] values = start(inputs);
    List<List<Integer>> lastUses = lastUses();
    try (Workers workers = Workers.of(threads)) {
      for (int i = 0; i < circuit.relations().size(); i++) {
        Relation relation = circuit.relations().get(i);
        values[relation.result()] = evaluate(relation, values, workers);
        for (int tensor : lastUses.get(i)) {
          if (values[tensor] != null) {
            finished.tensor(tensor, values[tensor], workers);
          }
          values[tensor] = null;
        }
      }
    }
    return values;
  }

  private int[][] start(List<int[]> inputs) {
    int[][] values = new int[circuit.tensors().size()][];
    for (int i = 0; i < circuit.inputs().size(); i++) {
      int tensor = circuit.inputs().get(i);
      checkInput(circuit.tensors().get(tensor), inputs.get(i));
      values[tensor] = inputs.get(i);
    }
    return values;
  }

  /**
   * Per relation, the tensors that no later one reads; outputs of the circuit are not among them.
   */
  private List<List<Integer>> lastUses() {
    Map<Integer, Integer> last = new HashMap<>();
    List<List<Integer>> out = new ArrayList<>();
    for (int i = 0; i < circuit.relations().size(); i++) {
      int at = i;
      last.put(circuit.relations().get(i).result(), at);
      circuit.relations().get(i).sources().forEach(t -> last.put(t, at));
      out.add(new ArrayList<>());
    }
    circuit.outputs().forEach(last::remove);
    last.forEach((tensor, at) -> out.get(at).add(tensor));
    return out;
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

  private int[] evaluate(Relation relation, int[][] values, Workers workers) {
    return switch (relation) {
      case Affine a -> affine(a, values, workers);
      case Conv c -> convolution(c, values, workers);
      case FftConv c -> {
        FftConvKernel kernel = transforms.get(c);
        // The transform of a kernel that is no parameter would be used once.
        yield kernel == null
            ? convolution(c.conv(), values, workers)
            : kernel.run(elements(c.conv().source(), values), workers);
      }
      case Gather g -> gather(g, values);
      case MatMul m -> matmul(m, values, workers);
      case EuclideanNorm n -> {
        int[] source = IntNorms.shifted(elements(n.source(), values), n.exponents());
        yield IntNorms.euclidean(source, shape(n.source()).getLast(), n.constant());
      }
      case Reciprocal r -> IntNorms.reciprocals(elements(r.source(), values), r.bits());
      case Normalize n ->
          IntNorms.scaled(
              IntNorms.shifted(elements(n.source(), values), n.exponents()),
              elements(n.reciprocal(), values));
      case Product p -> product(elements(p.left(), values), elements(p.right(), values), workers);
      case Requantize r -> requantize(r, elements(r.source(), values), workers);
      case Exponentials e -> exponentials(e, elements(e.source(), values), workers);
      case Max m -> max(m.sources().stream().map(s -> elements(s, values)).toList(), workers);
      case RoundedQuotient q ->
          quotient(q, elements(q.numerator(), values), elements(q.denominator(), values));
    };
  }

  private int[] convolution(Conv c, int[][] values, Workers workers) {
    ConvolutionGeometry geometry =
        ConvolutionGeometry.of(
            new Shape(shape(c.source())),
            new Shape(shape(c.weight())),
            new Shape(shape(c.result())),
            c.strides(),
            c.paddingLow(),
            c.dilations(),
            c.groups());
    int[] source = elements(c.source(), values);
    TaskRunner tasks = new WorkerTasks(workers);
    return isModel(c.weight())
        ? IntConvolution.run(geometry, source, weights.tensor(c.weight())::copyChannel, tasks)
        : IntConvolution.run(geometry, source, values[c.weight()], tasks);
  }

  private int[] affine(Affine affine, int[][] values, Workers workers) {
    List<Integer> shape = shape(affine.result());
    int[] out = new int[Math.toIntExact(circuit.tensors().get(affine.result()).elementCount())];
    for (Affine.Term term : affine.terms()) {
      StridedView view = StridedView.of(elements(term.source(), values), shape(term.source()));
      for (ViewStep step : term.steps()) {
        view = view.apply(step);
      }
      view.addTo(out, (int) term.coefficient(), workers);
    }
    affine.constants().forEach(box -> fill(out, shape, box, 0, 0));
    return out;
  }

  private static void fill(int[] out, List<Integer> shape, Affine.Box box, int axis, int at) {
    if (axis == shape.size()) {
      out[at] += (int) box.value();
      return;
    }
    for (int i = box.starts().get(axis); i < box.limits().get(axis); i++) {
      fill(out, shape, box, axis + 1, at * shape.get(axis) + i);
    }
  }

  private int[] gather(Gather g, int[][] values) {
    int[] indices = elements(g.indices(), values);
    TensorDeclaration d = circuit.tensors().get(g.table());
    int size = Math.toIntExact(d.elementCount() / d.extent(0));
    int[] out = new int[indices.length * size];
    if (isModel(g.table())) {
      for (int k = 0; k < indices.length; k++) {
        weights.copyChannel(g.table(), indices[k], out, k * size, size);
      }
      return out;
    }
    int[] table = elements(g.table(), values);
    for (int k = 0; k < indices.length; k++) {
      System.arraycopy(table, indices[k] * size, out, k * size, size);
    }
    return out;
  }

  private int[] matmul(MatMul m, int[][] values, Workers workers) {
    List<Integer> right = shape(m.right());
    int[] left = elements(m.left(), values);
    if (isModel(m.right()) && right.size() == 2) {
      ModelTensor matrix = weights.tensor(m.right());
      int depth = right.get(1);
      return IntLinear.run(
          left,
          left.length / depth,
          depth,
          right.get(0),
          matrix::copyChannel,
          new WorkerTasks(workers));
    }
    return IntMatMul.run(
        left,
        new Shape(shape(m.left())),
        elements(m.right(), values),
        new Shape(right),
        new WorkerTasks(workers));
  }

  private static int[] product(int[] left, int[] right, Workers workers) {
    int[] out = new int[left.length];
    workers.forEachPiece(
        out.length,
        PIECE,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            out[i] = left[i] * right[i];
          }
        });
    return out;
  }

  private int[] requantize(Requantize r, int[] source, Workers workers) {
    Table table = circuit.tables().get(r.table());
    int[] out = new int[source.length];
    Met met;
    switch (table) {
      case Table.Clamp c -> {
        met = clamp(source, r.shift(), (int) c.low(), (int) c.high(), table, out, workers);
      }
      case Table.Excess e -> {
        met = clamp(source, r.shift(), Integer.MIN_VALUE, Integer.MAX_VALUE, table, out, workers);
        int low = (int) e.low();
        int high = (int) e.high();
        workers.forEachPiece(
            out.length,
            PIECE,
            (from, to) -> {
              for (int i = from; i < to; i++) {
                out[i] -= Math.min(Math.max(out[i], low), high);
              }
            });
      }
      case Table.Entries e -> {
        met = clamp(source, r.shift(), Integer.MIN_VALUE, Integer.MAX_VALUE, table, out, workers);
        int[] values = e.values();
        int first = (int) e.first() + e.start();
        workers.forEachPiece(
            out.length,
            PIECE,
            (from, to) -> {
              for (int i = from; i < to; i++) {
                out[i] = values[Math.min(Math.max(out[i] - first, 0), values.length - 1)];
              }
            });
      }
    }
    if (limits.areExceeded(r.result(), met.low(), met.high())) {
      for (int k = 0; k < samples; k++) {
        int from = out.length / samples * k;
        int end = from + out.length / samples;
        limits.of(r.result(), r.shift(), source, out, from, end).ifPresent(saturations::add);
      }
    }
    return out;
  }

  /** The smallest and the largest integer that a table was entered with. */
  private record Met(int low, int high) {}

  /** Sets {@code out} to clamp((x + half) >> shift, least, most), which must be in the table. */
  private static Met clamp(
      int[] x, int shift, int least, int most, Table table, int[] out, Workers workers) {
    Queue<Met> parts = new ConcurrentLinkedQueue<>();
    workers.forEachPiece(
        out.length, PIECE, (from, to) -> parts.add(clamp(x, shift, least, most, out, from, to)));
    int low = parts.stream().mapToInt(Met::low).min().orElse(Integer.MAX_VALUE);
    int high = parts.stream().mapToInt(Met::high).max().orElse(Integer.MIN_VALUE);
    if (out.length > 0 && (low < table.first() || high >= table.first() + table.size())) {
      throw new IllegalStateException(
          "requantisation met [%d, %d], its table covers [%d, %d]"
              .formatted(low, high, table.first(), table.first() + table.size() - 1));
    }
    return new Met(low, high);
  }

  private static Met clamp(int[] x, int shift, int least, int most, int[] out, int from, int to) {
    int half = shift == 0 ? 0 : 1 << (shift - 1);
    int low = Integer.MAX_VALUE;
    int high = Integer.MIN_VALUE;
    for (int i = from; i < to; i++) {
      int h = (x[i] + half) >> shift;
      out[i] = Math.min(Math.max(h, least), most);
      low = Math.min(low, h);
      high = Math.max(high, h);
    }
    return new Met(low, high);
  }

  private int[] exponentials(Exponentials e, int[] source, Workers workers) {
    Table table = circuit.tables().get(e.table());
    // Differences behind the entries take the last of them.
    int distinct =
        switch (table) {
          case Table.Entries given -> given.start() + given.given();
          case Table.Clamp _, Table.Excess _ -> table.size();
        };
    int[] entries = IntStream.range(0, distinct).map(h -> (int) table.value(h)).toArray();
    List<Integer> shape = shape(e.source());
    int inner = shape.subList(e.axis() + 1, shape.size()).stream().reduce(1, Math::multiplyExact);
    return IntExponentials.run(
        source, shape.get(e.axis()), inner, e.shift(), entries, new WorkerTasks(workers));
  }

  private static int[] max(List<int[]> sources, Workers workers) {
    int[] out = sources.getFirst().clone();
    for (int[] source : sources.subList(1, sources.size())) {
      workers.forEachPiece(
          out.length,
          PIECE,
          (from, to) -> {
            for (int i = from; i < to; i++) {
              out[i] = Math.max(out[i], source[i]);
            }
          });
    }
    return out;
  }

  /**
   * @throws UserException when there is no quotient, or not one in the relation's range: no proof
   *     says so
   */
  private static int[] quotient(RoundedQuotient q, int[] numerators, int[] denominators) {
    int[] out = new int[numerators.length];
    for (int i = 0; i < out.length; i++) {
      long n = numerators[i];
      long d = denominators[i];
      long quotient = d <= 0 ? 0 : Math.floorDiv((n << (q.bits() + 1)) + d, 2 * d);
      boolean isOutside = d <= 0 || quotient < q.low() || quotient > q.high();
      if (isOutside && d == 1 && q.bits() == 0) {
        throw new UserException(
            "this input cannot be proved: it makes the model ask for element %d where there are %d to %d; give an input like those it was calibrated on"
                .formatted(n, q.low(), q.high()));
      }
      if (isOutside) {
        throw new UserException(
            "this input cannot be proved: it makes the model divide %d by %d, and divisions by 0 or less, or with rounded quotients outside [%d, %d] / 2^%d, have no proof; give an input like those it was calibrated on"
                .formatted(n, d, q.low(), q.high(), q.bits()));
      }
      out[i] = (int) quotient;
    }
    return out;
  }

  private int[] elements(int tensor, int[][] values) {
    return isModel(tensor) ? weights.tensor(tensor).elements() : values[tensor];
  }

  private boolean isModel(int tensor) {
    return circuit.tensors().get(tensor).role() == TensorDeclaration.Role.MODEL;
  }

  private List<Integer> shape(int tensor) {
    return circuit.tensors().get(tensor).shape();
  }
}
