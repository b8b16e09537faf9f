package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.ListOf;
import org.zkc.passes.torch.TorchValue.Tensor;

/** Operators that are compositions of others, by their names. */
final class DerivedOperators {
  static final List<TorchOperator> ALL =
      List.of(
          operator("isin", "compare_zero, multiply", DerivedOperators::isIn),
          operator("linalg_vecdot", "multiply, window_mean", DerivedOperators::vectorProducts),
          operator("diagflat", "pad, reshape", DerivedOperators::flatDiagonal),
          operator("diagonal_scatter", "multiply, pad, add", DerivedOperators::diagonalWritten),
          operator("fill_diagonal", "multiply, add", DerivedOperators::diagonalFilled),
          operator("sum_to_size", "window_mean", DerivedOperators::summedTo),
          operator("put", "gather, multiply, add", DerivedOperators::put),
          operator("conv_tbc", "conv, transpose", DerivedOperators::convolutionOfSteps),
          new TorchOperator(
              "aten.histc",
              "compare_zero, window_mean, subtract",
              "between given ends",
              DerivedOperators::histogram),
          operator("mvlgamma", "pointwise, add", DerivedOperators::multivariateGamma),
          new TorchOperator(
              "aten.gradient",
              "slice, subtract, multiply",
              "even spacing, edges of order 1",
              DerivedOperators::gradient),
          operator(
              "cumulative_trapezoid", "slice, add, multiply", DerivedOperators::runningTrapezoids));

  private DerivedOperators() {}

  private static TorchOperator operator(String name, String becomes, OperatorLowering lowering) {
    return new TorchOperator("aten." + name, becomes, lowering);
  }

  /** (self, size): sums over the axes that a tensor of this size would be broadcast along. */
  private static TorchValue summedTo(OperatorCall call) {
    Shape shape = call.tensor(0).shape();
    List<Integer> size = call.integers(1);
    int more = shape.rank() - size.size();
    boolean fits = more >= 0;
    List<Integer> axes = new ArrayList<>(IntStream.range(0, Math.max(0, more)).boxed().toList());
    for (int k = 0; fits && k < size.size(); k++) {
      int extent = shape.extent(more + k);
      fits = size.get(k) == 1 || size.get(k) == extent;
      if (size.get(k) == 1 && extent != 1) {
        axes.add(more + k);
      }
    }
    if (!fits) {
      throw call.refuse("a size of %s for a tensor of shape %s".formatted(size, shape));
    }
    OtherOperators c = new OtherOperators(call);
    TorchValue sums =
        axes.isEmpty()
            ? call.argument(0)
            : c.run("sum/dim_IntList", call.argument(0), axes, true, null);
    return c.run("reshape", sums, size);
  }

  /** (elements, test_elements, assume_unique, invert). */
  private static TorchValue isIn(OperatorCall call) {
    OtherOperators c = new OtherOperators(call);
    TorchValue found;
    if (call.argument(1) instanceof Tensor some) {
      TorchValue line = c.run("reshape", some, List.of(-1));
      TorchValue each =
          call.argument(0) instanceof Tensor t ? c.run("unsqueeze", t, -1) : call.argument(0);
      String overload = each instanceof Tensor ? "eq/Tensor" : "eq/Scalar";
      TorchValue equal =
          each instanceof Tensor ? c.run(overload, each, line) : c.run(overload, line, each);
      found = c.run("any/dim", equal, -1, false);
    } else {
      found = c.run("eq/Scalar", call.argument(0), call.argument(1));
    }
    return call.flag(3) ? c.run("logical_not", found) : found;
  }

  /** (x, y, dim). */
  private static TorchValue vectorProducts(OperatorCall call) {
    OtherOperators c = new OtherOperators(call);
    TorchValue products = c.run("mul/Tensor", call.argument(0), call.argument(1));
    return c.run("sum/dim_IntList", products, List.of(call.integer(2, -1)), false, null);
  }

  /** (self, offset). */
  private static TorchValue flatDiagonal(OperatorCall call) {
    OtherOperators c = new OtherOperators(call);
    TorchValue line = c.run("reshape", call.argument(0), List.of(-1));
    return c.run("diag_embed", line, call.integer(1, 0), -2, -1);
  }

  /** (self, src, offset, dim1, dim2), of a square. */
  private static TorchValue diagonalWritten(OperatorCall call) {
    OtherOperators c = new OtherOperators(call);
    Tensor self = square(call);
    long offset = call.integer(2, 0);
    boolean isSwapped = call.axis(3, 2) > call.axis(4, 2);
    TorchValue placed = c.run("diag_embed", call.argument(1), isSwapped ? -offset : offset, -2, -1);
    TorchValue mask = ones(call, self.shape().extent(0), isSwapped ? -offset : offset);
    return c.run("where", mask, placed, self);
  }

  private static Tensor square(OperatorCall call) {
    Shape shape = call.tensor(0).shape();
    if (shape.rank() != 2 || shape.extent(0) != shape.extent(1)) {
      throw call.refuse("a tensor of shape %s; squares are supported".formatted(shape));
    }
    return call.tensor(0);
  }

  /** True on one diagonal of a square. */
  private static KnownTensor ones(OperatorCall call, int n, long offset) {
    long[] out = new long[Math.multiplyExact(n, n)];
    IntStream.range(0, n)
        .filter(i -> i + offset >= 0 && i + offset < n)
        .forEach(i -> out[i * n + i + call.narrow(offset)] = 1);
    return new KnownTensor(TensorData.ofLongs(DType.I1, Shape.of(n, n), out), "");
  }

  /** (self, fill_value, wrap), of a matrix that is not taller than wide, or without wrap. */
  private static TorchValue diagonalFilled(OperatorCall call) {
    Shape shape = call.tensor(0).shape();
    if (shape.rank() != 2 || (call.flag(2) && shape.extent(0) > shape.extent(1))) {
      throw call.refuse("a tensor of shape %s; matrices are supported".formatted(shape));
    }
    long[] mask = new long[Math.toIntExact(shape.elementCount())];
    IntStream.range(0, Math.min(shape.extent(0), shape.extent(1)))
        .forEach(i -> mask[i * shape.extent(1) + i] = 1);
    KnownTensor diagonal = new KnownTensor(TensorData.ofLongs(DType.I1, shape, mask), "");
    return new OtherOperators(call)
        .run("masked_fill/Scalar", call.argument(0), diagonal, call.argument(1));
  }

  /** (self, index, source, accumulate): elements of the flat tensor. */
  private static TorchValue put(OperatorCall call) {
    OtherOperators c = new OtherOperators(call);
    TorchValue flat = c.run("reshape", call.argument(0), List.of(-1));
    TorchValue index = c.run("reshape", call.argument(1), List.of(-1));
    TorchValue source = c.run("reshape", call.argument(2), List.of(-1));
    TorchValue written = c.run("index_put", flat, new ListOf(List.of(index)), source, call.flag(3));
    return c.run("reshape", written, extents(call.tensor(0).shape()));
  }

  private static List<Integer> extents(Shape shape) {
    return shape.extents();
  }

  /** (self [steps, batch, in], weight [width, in, out], bias, pad). */
  private static TorchValue convolutionOfSteps(OperatorCall call) {
    OtherOperators c = new OtherOperators(call);
    TorchValue lines = c.run("permute", call.argument(0), List.of(1, 2, 0));
    TorchValue kernel = c.run("permute", call.argument(1), List.of(2, 1, 0));
    TorchValue out =
        c.run(
            "conv1d",
            lines,
            kernel,
            call.argument(2),
            List.of(1),
            List.of(call.integer(3, 0)),
            List.of(1),
            1);
    return c.run("permute", out, List.of(2, 0, 1));
  }

  /** (self, bins, min, max): how many elements are in each bin; the last one has its end. */
  private static TorchValue histogram(OperatorCall call) {
    OtherOperators c = new OtherOperators(call);
    int bins = call.extent(1);
    double low = call.number(2, 0);
    double high = call.number(3, 0);
    if (bins < 1 || !(low < high)) {
      throw call.refuse(
          "%d bins from %s to %s, whose ends the input decides; give min and max"
              .formatted(bins, low, high));
    }
    double[] starts =
        IntStream.range(0, bins).mapToDouble(i -> low + i * (high - low) / bins).toArray();
    KnownTensor edges =
        new KnownTensor(
            HostTensors.cast(TensorData.ofDoubles(Shape.of(bins), starts), DType.F32), "");
    TorchValue apart = c.run("reshape", call.argument(0), List.of(-1, 1));
    TorchValue from =
        c.run("sum/dim_IntList", c.run("ge/Tensor", apart, edges), List.of(0), false, null);
    TorchValue above =
        c.run("sum/dim_IntList", c.run("gt/Scalar", apart, high), List.of(0), false, null);
    TorchValue later = c.run("slice/Tensor", from, 0, 1, bins, 1);
    TorchValue next = c.run("cat", new ListOf(List.of(later, above)), 0);
    return c.run("to/dtype", c.run("sub/Tensor", from, next), call.tensor(0).dtype());
  }

  /** (self, p): the sum of the logarithms of Gamma(x - j / 2) for j below p, and a constant. */
  private static TorchValue multivariateGamma(OperatorCall call) {
    OtherOperators c = new OtherOperators(call);
    int p = call.extent(1);
    if (p < 1 || p > 64) {
      throw call.refuse("dimension %d; from 1 to 64 is supported".formatted(p));
    }
    TorchValue sum = c.run("lgamma", call.argument(0));
    for (int j = 1; j < p; j++) {
      TorchValue moved = c.run("sub/Scalar", call.argument(0), j / 2.0);
      sum = c.run("add/Tensor", sum, c.run("lgamma", moved));
    }
    return c.run("add/Scalar", sum, p * (p - 1) / 4.0 * StrictMath.log(Math.PI));
  }

  /** (self, spacing, dim, edge_order): for each axis half the difference of both neighbours. */
  private static TorchValue gradient(OperatorCall call) {
    boolean isPlain = call.overload().equals("array");
    if (!call.overload().startsWith("scalar") && !isPlain) {
      throw call.refuse("places that are tensors; give one number as spacing");
    }
    int rank = call.tensor(0).shape().rank();
    int axesAt = isPlain ? 1 : 2;
    if (call.integer(axesAt + 1, 1) != 1) {
      throw call.refuse("edges of order 2");
    }
    List<Integer> axes =
        call.isNone(axesAt) ? IntStream.range(0, rank).boxed().toList() : call.integers(axesAt);
    List<TorchValue> out = new ArrayList<>();
    for (int i = 0; i < axes.size(); i++) {
      double step = 1;
      if (!isPlain && !call.isNone(1)) {
        step =
            call.argument(1) instanceof ListOf l
                ? l.elements().get(i).number().orElseThrow(() -> call.refuse("its spacing"))
                : call.number(1);
      }
      out.add(slope(call, call.resolveAxis(axes.get(i), rank), step));
    }
    return new ListOf(out);
  }

  private static TorchValue slope(OperatorCall call, int axis, double step) {
    OtherOperators c = new OtherOperators(call);
    TorchValue x = call.argument(0);
    int n = IndexOperators.extent(call, call.tensor(0).shape(), axis);
    if (n < 2) {
      throw call.refuse("an axis of %d; it needs 2 elements".formatted(n));
    }
    TorchValue apart = c.run("diff", x, 1, axis, null, null);
    TorchValue first = c.run("slice/Tensor", apart, axis, 0, 1, 1);
    TorchValue last = c.run("slice/Tensor", apart, axis, n - 2, n - 1, 1);
    List<TorchValue> parts = new ArrayList<>(List.of(c.run("mul/Scalar", first, 1 / step)));
    if (n > 2) {
      TorchValue left = c.run("slice/Tensor", x, axis, 0, n - 2, 1);
      TorchValue right = c.run("slice/Tensor", x, axis, 2, n, 1);
      parts.add(c.run("mul/Scalar", c.run("sub/Tensor", right, left), 0.5 / step));
    }
    parts.add(c.run("mul/Scalar", last, 1 / step));
    return c.run("cat", new ListOf(parts), axis);
  }

  /** (y, dx, dim), or (y, x, dim) of places along the axis. */
  private static TorchValue runningTrapezoids(OperatorCall call) {
    OtherOperators c = new OtherOperators(call);
    int axis = call.axis(2, call.tensor(0).shape().rank());
    int n = IndexOperators.extent(call, call.tensor(0).shape(), axis);
    TorchValue left = c.run("slice/Tensor", call.argument(0), axis, 0, n - 1, 1);
    TorchValue right = c.run("slice/Tensor", call.argument(0), axis, 1, n, 1);
    TorchValue sums = c.run("add/Tensor", left, right);
    TorchValue areas;
    if (call.overload().equals("x")) {
      Tensor places = call.tensor(1);
      TorchValue widths = c.run("diff", places, 1, -1, null, null);
      if (places.shape().rank() == 1) {
        List<Integer> along =
            new ArrayList<>(call.tensor(0).shape().extents().stream().map(_ -> 1).toList());
        along.set(axis, n - 1);
        widths = c.run("reshape", widths, along);
      }
      areas = c.run("mul/Scalar", c.run("mul/Tensor", sums, widths), 0.5);
    } else {
      areas = c.run("mul/Scalar", sums, call.number(1, 1) / 2);
    }
    return c.run("cumsum", areas, axis, null);
  }
}
