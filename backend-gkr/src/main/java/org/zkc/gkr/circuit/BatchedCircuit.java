package org.zkc.gkr.circuit;

import java.util.ArrayList;
import java.util.List;

/**
 * The circuit of several independent samples of another circuit, on one model (docs/protocol.md
 * section 1.2). Every tensor that depends on an input has the samples as its first axis. The
 * model's tensors, and tensors that depend on the model alone, exist once, under their own indices.
 *
 * <p>The circuit is trusted no more than any other: {@link CircuitCheck} checks it before anything
 * is proved about it. A relation whose parts cannot all have that axis reads and writes copies:
 * views of the original tensors, added behind the circuit's own tensors.
 */
public final class BatchedCircuit {
  /** The most samples, far more than {@link CircuitLimits} allow for any network. */
  public static final int MOST_SAMPLES = 1 << 12;

  /**
   * An added tensor.
   *
   * @param tensor its index
   * @param original the tensor that the copy shows, one of the circuit's own
   * @param steps the view of {@code original}, with its shape in this circuit, that gives the copy
   */
  public record Copy(int tensor, int original, List<ViewStep> steps) {
    public Copy {
      steps = List.copyOf(steps);
    }
  }

  private final Circuit one;
  private final int samples;
  private final boolean[] perSample;
  private final List<TensorDeclaration> tensors = new ArrayList<>();
  private final List<Relation> relations = new ArrayList<>();
  private final List<Copy> copies = new ArrayList<>();
  private final Circuit circuit;

  private BatchedCircuit(Circuit one, int samples) {
    this.one = one;
    this.samples = samples;
    perSample = new boolean[one.tensors().size()];
    one.inputs().forEach(t -> perSample[t] = true);
    for (Relation r : one.relations()) {
      perSample[r.result()] = r.sources().stream().anyMatch(t -> perSample[t]);
    }
    for (int t = 0; t < perSample.length; t++) {
      TensorDeclaration d = one.tensors().get(t);
      tensors.add(perSample[t] ? like(d, prepended(samples, d.shape())) : d);
    }
    for (int k = 0; k < one.relations().size(); k++) {
      Relation r = one.relations().get(k);
      if (!perSample[r.result()]) {
        relations.add(r);
        continue;
      }
      try {
        r.addTo(this);
      } catch (InvalidCircuit e) {
        throw e.at(k, r.label());
      } catch (ArithmeticException e) {
        throw new InvalidCircuit(
                "a batch of %d samples has an axis of 2^31 and more".formatted(samples))
            .at(k, r.label());
      }
    }
    circuit = new Circuit(tensors, one.tables(), relations, one.inputs(), one.outputs());
  }

  /**
   * The circuit of {@code samples} samples.
   *
   * @throws InvalidCircuit when there are fewer than 2 or more than {@link #MOST_SAMPLES}, or a
   *     relation is of a kind that has no batched form
   */
  public static BatchedCircuit of(CheckedCircuit one, int samples) {
    if (samples < 2) {
      throw new InvalidCircuit("a batch of " + samples + " samples");
    }
    if (samples > MOST_SAMPLES) {
      throw new CircuitTooLarge("a batch of " + samples + " samples, at most " + MOST_SAMPLES);
    }
    return new BatchedCircuit(one.circuit(), samples);
  }

  public Circuit circuit() {
    return circuit;
  }

  /**
   * Whether a tensor of the circuit of one sample has an element for each sample. Its elements are
   * then those of the samples, one after the other.
   */
  public boolean isPerSample(int tensor) {
    return perSample[tensor];
  }

  /** The tensors that the circuit of one sample does not have, in the order of their indices. */
  public List<Copy> copies() {
    return List.copyOf(copies);
  }

  // ---- what relations add themselves by

  /** Adds a relation of tensors of this circuit. */
  void add(Relation relation) {
    relations.add(relation);
  }

  /** The tensor itself, or a copy that repeats it for each sample. */
  int ofSamples(int tensor) {
    if (perSample[tensor]) {
      return tensor;
    }
    return read(
        tensor,
        List.of(new ViewStep.Reshape(prepended(1, one.tensors().get(tensor).shape())), repeat()));
  }

  // ---- sums

  /** The sum, of views of all samples at once. */
  Affine affine(Affine a) {
    List<Affine.Term> terms = new ArrayList<>();
    for (Affine.Term term : a.terms()) {
      List<ViewStep> steps = new ArrayList<>();
      int leading = perSample[term.source()] ? samples : 1;
      if (leading == 1) {
        steps.add(new ViewStep.Reshape(prepended(1, one.tensors().get(term.source()).shape())));
      }
      term.steps().forEach(step -> steps.add(behind(leading, step)));
      if (leading == 1) {
        steps.add(repeat());
      }
      terms.add(new Affine.Term(term.source(), term.coefficient(), steps));
    }
    List<Affine.Box> constants =
        a.constants().stream()
            .map(box ->
                new Affine.Box(
                    box.value(), prepended(0, box.starts()), prepended(samples, box.limits())))
            .toList();
    return new Affine(a.result(), terms, constants);
  }

  /** A step on a tensor with a further first axis, which the step leaves alone. */
  private static ViewStep behind(int leading, ViewStep step) {
    return switch (step) {
      case ViewStep.Permute p ->
          new ViewStep.Permute(prepended(0, p.permutation().stream().map(a -> a + 1).toList()));
      case ViewStep.Reshape r -> new ViewStep.Reshape(prepended(leading, r.shape()));
      case ViewStep.Window w ->
          new ViewStep.Window(
              w.axis() + 1, w.extent(), w.stride(), w.dilation(), w.offset(), w.taps());
      case ViewStep.Ranges r ->
          new ViewStep.Ranges(r.axis() + 1, r.starts(), r.lengths(), r.factors());
      case ViewStep.Unfold u ->
          new ViewStep.Unfold(
              u.axis() + 1, u.positions(), u.taps(), u.stride(), u.dilation(), u.offset());
    };
  }

  private ViewStep repeat() {
    return new ViewStep.Window(0, samples, 0, 1, 0, 1);
  }

  // ---- contractions

  /**
   * Adds a convolution: the samples are further elements of its own batch axis.
   *
   * @param relation {@code conv}, or its form with transforms
   */
  void convolution(Relation relation, Conv conv) {
    if (perSample[conv.weight()]) {
      throw new InvalidCircuit("a kernel that depends on the inputs has no batched form");
    }
    List<Integer> x = tensors.get(conv.source()).shape();
    List<Integer> y = tensors.get(conv.result()).shape();
    int source = read(conv.source(), List.of(new ViewStep.Reshape(merged(x, 0))));
    int result = written(conv.result(), List.of(new ViewStep.Reshape(merged(y, 0))));
    Conv batched =
        new Conv(
            result,
            source,
            conv.weight(),
            conv.strides(),
            conv.paddingLow(),
            conv.dilations(),
            conv.groups());
    relations.add(relation instanceof FftConv f ? new FftConv(batched, f.sizes()) : batched);
    write(conv.result(), result, List.of(new ViewStep.Reshape(y)));
  }

  /** Adds a product, one factor of which may belong to the model. */
  void matMul(MatMul m) {
    int shared = MatMul.sharedAxes(one.tensors().get(m.right()).rank());
    boolean left = perSample[m.left()];
    boolean right = perSample[m.right()];
    List<Integer> x = tensors.get(m.left()).shape();
    List<Integer> y = tensors.get(m.result()).shape();
    if (left && right) {
      if (shared > 0 || x.size() == 3) {
        relations.add(m);
        return;
      }
      // The samples are a shared axis, beside which the left factor has one axis of lines.
      ViewStep lines = new ViewStep.Reshape(List.of(samples, lines(x), x.getLast()));
      ViewStep products = new ViewStep.Reshape(List.of(samples, lines(y), y.getLast()));
      int result = written(m.result(), List.of(products));
      relations.add(new MatMul(result, read(m.left(), List.of(lines)), m.right()));
      write(m.result(), result, List.of(new ViewStep.Reshape(y)));
    } else if (left) {
      if (shared == 0) {
        relations.add(m);
        return;
      }
      // The samples are further lines of the left factor.
      int result = written(m.result(), inward(y, shared));
      relations.add(new MatMul(result, read(m.left(), inward(x, shared)), m.right()));
      write(m.result(), result, outward(y, shared));
    } else {
      // The samples are further lines of the right factor, and so of the result's last axis.
      List<Integer> lines = tensors.get(m.right()).shape();
      int axis = y.size() - 2;
      int result = written(m.result(), inward(y, axis));
      relations.add(new MatMul(result, m.left(), read(m.right(), inward(lines, shared))));
      write(m.result(), result, outward(y, axis));
    }
  }

  /** The steps that move the first axis behind {@code axis} others and merge it with the next. */
  private static List<ViewStep> inward(List<Integer> shape, int axis) {
    List<Integer> moved = moved(shape, axis);
    return List.of(
        new ViewStep.Permute(order(shape.size(), axis)), new ViewStep.Reshape(merged(moved, axis)));
  }

  /** The inverse of {@link #inward}, for the resulting tensor of {@code shape}. */
  private static List<ViewStep> outward(List<Integer> shape, int axis) {
    List<Integer> order = order(shape.size(), axis);
    List<Integer> inverse = new ArrayList<>();
    for (int a = 0; a < order.size(); a++) {
      inverse.add(order.indexOf(a));
    }
    return List.of(new ViewStep.Reshape(moved(shape, axis)), new ViewStep.Permute(inverse));
  }

  private static List<Integer> order(int rank, int axis) {
    List<Integer> order = new ArrayList<>();
    for (int a = 1; a < rank; a++) {
      order.add(a);
    }
    order.add(axis, 0);
    return order;
  }

  private static List<Integer> moved(List<Integer> shape, int axis) {
    return order(shape.size(), axis).stream().map(shape::get).toList();
  }

  /** The shape with the axes {@code axis} and {@code axis} + 1 as one. */
  private static List<Integer> merged(List<Integer> shape, int axis) {
    List<Integer> out = new ArrayList<>(shape);
    out.set(axis, Math.multiplyExact(shape.get(axis), shape.get(axis + 1)));
    out.remove(axis + 1);
    return out;
  }

  private static int lines(List<Integer> shape) {
    return shape.subList(1, shape.size() - 1).stream().reduce(1, Math::multiplyExact);
  }

  // ---- copies

  /** Adds a copy of a tensor that a relation is to read. */
  private int read(int original, List<ViewStep> steps) {
    int copy = written(original, steps);
    relations.add(new Affine(copy, List.of(new Affine.Term(original, 1, steps)), List.of()));
    return copy;
  }

  /** Adds a copy of a tensor that a relation is to define, with the same number of elements. */
  private int written(int original, List<ViewStep> steps) {
    TensorDeclaration d = tensors.get(original);
    List<Integer> shape = d.shape();
    for (ViewStep step : steps) {
      shape = ViewSemantics.outcomeShape(shape, step);
    }
    int copy = tensors.size();
    tensors.add(TensorDeclaration.virtual(shape, d.low(), d.high()));
    copies.add(new Copy(copy, original, steps));
    return copy;
  }

  /** Defines a tensor of the circuit by the copy that another relation defined. */
  private void write(int original, int copy, List<ViewStep> steps) {
    relations.add(new Affine(original, List.of(new Affine.Term(copy, 1, steps)), List.of()));
  }

  private static TensorDeclaration like(TensorDeclaration d, List<Integer> shape) {
    return new TensorDeclaration(
        d.role(), shape, d.low(), d.high(), d.positive(), d.negative(), d.norm());
  }

  private static List<Integer> prepended(int first, List<Integer> rest) {
    List<Integer> out = new ArrayList<>(rest.size() + 1);
    out.add(first);
    out.addAll(rest);
    return out;
  }
}
