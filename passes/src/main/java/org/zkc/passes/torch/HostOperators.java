package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoublePredicate;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.Tensor;
import org.zkc.passes.torch.TorchValue.TracedTensor;
import org.zkc.passes.torch.TorchValue.Tuple;

/**
 * Operators that are computed on constants, as masks, grids of positions and normalised weights
 * are, and cannot be proved of values that depend on the input.
 */
final class HostOperators {
  static final List<TorchOperator> ALL =
      List.of(
          test("aten.isnan", Double::isNaN),
          test("aten.isinf", Double::isInfinite),
          test("aten.isfinite", Double::isFinite),
          test("aten.isposinf", x -> x == Double.POSITIVE_INFINITY),
          test("aten.isneginf", x -> x == Double.NEGATIVE_INFINITY),
          test("aten.isreal", x -> true),
          constant("aten._weight_norm", HostOperators::weightNorm),
          constant(
              "aten._weight_norm_interface",
              c -> new Tuple(List.of(weightNorm(c), norms(c, c.knownTensor(0, "weight").data())))),
          new TorchOperator("aten.meshgrid", "reshape, broadcast", HostOperators::meshgrid));

  private HostOperators() {}

  private static TorchOperator constant(String name, OperatorLowering lowering) {
    return new TorchOperator(
        name,
        "host",
        "constants only",
        call -> {
          if (!isKnown(call)) {
            throw call.unsupported();
          }
          return lowering.lower(call);
        });
  }

  /** Whether no argument is a tensor that depends on the input. */
  static boolean isKnown(OperatorCall call) {
    return call.arguments().stream().noneMatch(TracedTensor.class::isInstance);
  }

  private static TensorData data(OperatorCall call, int index) {
    return call.knownTensor(index, "operand").data();
  }

  /** A test of each element; computed ones are finite, as anything else is refused. */
  private static TorchOperator test(String name, DoublePredicate predicate) {
    return new TorchOperator(
        name,
        "host",
        "computed numbers are finite",
        call -> isKnown(call) ? test(call, predicate) : ofFinite(call, predicate));
  }

  private static TorchValue ofFinite(OperatorCall call, DoublePredicate predicate) {
    TensorData one =
        TensorData.ofLongs(DType.I1, Shape.of(), new long[] {predicate.test(0) ? 1 : 0});
    return new KnownTensor(HostTensors.broadcast(one, call.tensor(0).shape()), "");
  }

  private static TorchValue test(OperatorCall call, DoublePredicate predicate) {
    TensorData out =
        HostTensors.map(
            HostTensors.cast(data(call, 0), DType.F64),
            DType.F64,
            x -> x,
            x -> predicate.test(x) ? 1 : 0);
    return new KnownTensor(HostTensors.cast(out, DType.I1), "");
  }

  /** (self, diagonal): elements of the last two axes on one side of a diagonal, 0 elsewhere. */
  static TorchValue triangle(OperatorCall call, boolean upper) {
    TensorData data = data(call, 0);
    Shape shape = data.shape();
    if (shape.rank() < 2) {
      throw call.refuse("the tensor has %d axes".formatted(shape.rank()));
    }
    int rows = shape.extent(shape.rank() - 2);
    int columns = shape.extent(shape.rank() - 1);
    long diagonal = call.integer(1, 0);
    double[] elements = data.toDoubles();
    for (int i = 0; i < elements.length; i++) {
      long above = i % columns - i / columns % rows - diagonal;
      if (upper ? above < 0 : above > 0) {
        elements[i] = 0;
      }
    }
    return known(data, shape, elements);
  }

  private static KnownTensor known(TensorData like, Shape shape, double[] elements) {
    return new KnownTensor(
        HostTensors.cast(TensorData.ofDoubles(shape, elements), like.dtype()), "");
  }

  /** An axis among those before it and after it: outer, extent, inner. */
  private record Axis(int outer, int extent, int inner) {
    static Axis of(Shape shape, int axis) {
      int outer = 1;
      int inner = 1;
      for (int k = 0; k < shape.rank(); k++) {
        outer *= k < axis ? shape.extent(k) : 1;
        inner *= k > axis ? shape.extent(k) : 1;
      }
      return new Axis(outer, shape.rank() == 0 ? 1 : shape.extent(axis), inner);
    }
  }

  /** (self, dim, dtype). */
  static TorchValue cumulativeSum(OperatorCall call) {
    TensorData data = data(call, 0);
    Axis axis = Axis.of(data.shape(), call.axis(1, data.shape().rank()));
    DType natural = data.dtype().isFloating() ? data.dtype() : DType.I64;
    DType dtype = call.isNone(2) ? natural : CastOperators.dtype(call, call.integer(2));
    double[] elements = HostTensors.cast(data, dtype).toDoubles();
    for (int i = 0; i < elements.length; i++) {
      if (i / axis.inner % axis.extent > 0) {
        elements[i] += elements[i - axis.inner];
      }
    }
    return new KnownTensor(
        HostTensors.cast(TensorData.ofDoubles(data.shape(), elements), dtype), "");
  }

  /** (self, dims). */
  static TorchValue flip(OperatorCall call) {
    TensorData data = data(call, 0);
    double[] elements = data.toDoubles();
    for (int dim : call.integers(1)) {
      Axis axis = Axis.of(data.shape(), call.resolveAxis(dim, data.shape().rank()));
      double[] flipped = new double[elements.length];
      for (int i = 0; i < elements.length; i++) {
        int at = i / axis.inner % axis.extent;
        flipped[i + (axis.extent - 1 - 2 * at) * axis.inner] = elements[i];
      }
      elements = flipped;
    }
    return known(data, data.shape(), elements);
  }

  /** (self, dim, keepdim), over all axes where dim is an empty list. */
  static TorchValue extreme(OperatorCall call, boolean largest) {
    TensorData data = data(call, 0);
    if (data.elementCount() == 0) {
      throw call.refuse("the tensor has no elements");
    }
    double none = largest ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    return new KnownTensor(
        reduced(call, data, 1, call.flag(2), none, largest ? Math::max : Math::min), "");
  }

  /** Folds over the axes that argument {@code dims} names, all where it is None or empty. */
  static TensorData reduced(
      OperatorCall call,
      TensorData data,
      int dims,
      boolean keep,
      double initial,
      DoubleBinaryOperator fold) {
    Shape shape = data.shape();
    TreeSet<Integer> axes = new TreeSet<>();
    if (!call.isNone(dims)) {
      call.integers(dims).forEach(a -> axes.add(call.resolveAxis(a, shape.rank())));
    }
    List<Integer> kept = new ArrayList<>();
    List<Integer> visible = new ArrayList<>();
    for (int k = 0; k < shape.rank(); k++) {
      boolean gone = axes.isEmpty() || axes.contains(k);
      kept.add(gone ? 1 : shape.extent(k));
      if (!gone || keep) {
        visible.add(kept.getLast());
      }
    }
    long[] strides = new Shape(kept).strides();
    double[] out = new double[Math.toIntExact(new Shape(kept).elementCount())];
    Arrays.fill(out, initial);
    long[] own = shape.strides();
    for (int i = 0; i < data.elementCount(); i++) {
      int at = 0;
      for (int k = 0; k < shape.rank(); k++) {
        at += kept.get(k) == 1 ? 0 : (int) (i / own[k] % shape.extent(k) * strides[k]);
      }
      out[at] = fold.applyAsDouble(out[at], data.getDouble(i));
    }
    return HostTensors.cast(TensorData.ofDoubles(new Shape(visible), out), data.dtype());
  }

  /** (self, p, dim, keepdim, dtype); p is 2 where it is None. */
  static TorchValue norm(OperatorCall call) {
    TensorData data = data(call, 0);
    double p = call.number(1, 2);
    if (!data.dtype().isFloating() || !call.isNone(4)) {
      throw call.refuse("a norm in another type than its operand's");
    }
    boolean keep = call.arguments().size() > 3 && call.flag(3);
    DoubleBinaryOperator largest = (x, y) -> Math.max(x, Math.abs(y));
    if (p == Double.POSITIVE_INFINITY) {
      return new KnownTensor(reduced(call, data, 2, keep, 0, largest), "");
    }
    if (!(p > 0)) {
      throw call.refuse("order %s; positive ones are supported".formatted(p));
    }
    TensorData sums =
        reduced(
            call,
            HostTensors.cast(data, DType.F64),
            2,
            keep,
            0,
            (x, y) -> x + StrictMath.pow(Math.abs(y), p));
    TensorData roots = HostTensors.map(sums, DType.F64, x -> x, x -> StrictMath.pow(x, 1 / p));
    return new KnownTensor(HostTensors.cast(roots, data.dtype()), "");
  }

  /** (v, g, dim): v g / |v|, the norm over all axes but {@code dim}, over all where that is -1. */
  private static TorchValue weightNorm(OperatorCall call) {
    TensorData v = data(call, 0);
    TensorData direction =
        HostTensors.zip(v, norms(call, v).data(), DType.F64, (x, y) -> 0, (x, y) -> x / y);
    TensorData out =
        HostTensors.zip(direction, data(call, 1), DType.F64, (x, y) -> 0, (x, y) -> x * y);
    return new KnownTensor(HostTensors.cast(out, v.dtype()), "");
  }

  private static KnownTensor norms(OperatorCall call, TensorData v) {
    Shape shape = v.shape();
    long dim = call.integer(2, 0);
    List<TorchValue> others = new ArrayList<>();
    for (int k = 0; k < shape.rank(); k++) {
      if (dim == -1 || k != call.resolveAxis(dim, shape.rank())) {
        others.add(new TorchValue.Int(k));
      }
    }
    OperatorCall square =
        new OperatorCall(
            call.operator(),
            "",
            List.of(call.argument(0), new TorchValue.ListOf(others)),
            call.location(),
            call.emit());
    if (dim != -1 && others.isEmpty()) {
      return new KnownTensor(
          HostTensors.map(HostTensors.cast(v, DType.F64), DType.F64, x -> x, Math::abs), "");
    }
    boolean keep = dim != -1;
    TensorData sums =
        reduced(square, HostTensors.cast(v, DType.F64), 1, keep, 0, (x, y) -> x + y * y);
    return new KnownTensor(HostTensors.map(sums, DType.F64, x -> x, Math::sqrt), "");
  }

  /** (tensors) or (tensors, indexing): each along its own axis, repeated along the others. */
  private static TorchValue meshgrid(OperatorCall call) {
    List<Tensor> tensors = call.tensors(0);
    boolean swapped =
        call.arguments().size() > 1 && call.text(1).equals("xy") && tensors.size() > 1;
    List<Integer> extents = new ArrayList<>();
    for (Tensor t : tensors) {
      if (t.shape().rank() > 1) {
        throw call.refuse("a tensor of shape %s; vectors are needed".formatted(t.shape()));
      }
      extents.add((int) t.shape().elementCount());
    }
    Shape grid = new Shape(extents);
    List<TorchValue> out = new ArrayList<>();
    for (int k = 0; k < tensors.size(); k++) {
      List<Integer> own = new ArrayList<>(Collections.nCopies(extents.size(), 1));
      own.set(k, extents.get(k));
      Tensor each = tensors.get(k);
      TorchValue full;
      if (each instanceof KnownTensor known) {
        TensorData along = new TensorData(known.dtype(), new Shape(own), known.data().bytes());
        full = new KnownTensor(HostTensors.broadcast(along, grid), "");
      } else {
        Value along = call.emit().reshape(call.held(each), new Shape(own));
        full = call.result(call.emit().broadcast(along, grid), each.dtype());
      }
      out.add(swapped ? firstTwoSwapped(call, (Tensor) full) : full);
    }
    return new TorchValue.ListOf(out);
  }

  private static TorchValue firstTwoSwapped(OperatorCall call, Tensor tensor) {
    List<Integer> permutation = ViewOperators.swapped(tensor.shape().rank(), 0, 1);
    return call.result(call.emit().transpose(call.held(tensor), permutation), tensor.dtype());
  }
}
