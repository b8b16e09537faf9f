package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.ScalarFunction;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.Tensor;
import org.zkc.passes.torch.TorchValue.Tuple;

/**
 * Means and sums over whole axes, as WindowMean with one window, and operators that combine sums,
 * extremes and products along axes.
 */
final class ReductionOperators {
  /** Beyond it log(1 + exp(x)) is x in single precision. */
  static final double LINEAR_FROM = 40;

  static final List<TorchOperator> ALL =
      List.of(
          new TorchOperator("aten.mean", "window_mean", c -> reduce(c, false)),
          new TorchOperator(
              "aten.sum",
              "window_mean",
              "as a mean with divisor 1; integers exactly",
              c -> reduce(c, true)),
          new TorchOperator("aten.amax", "max_pool", c -> extremes(c, true)),
          new TorchOperator("aten.amin", "max_pool, multiply", c -> extremes(c, false)),
          new TorchOperator("aten.aminmax", "max_pool, multiply", ReductionOperators::both),
          new TorchOperator("aten.max", "max_pool, top_indices", "", c -> extremeOf(c, true)),
          new TorchOperator(
              "aten.min", "max_pool, multiply, top_indices", "", c -> extremeOf(c, false)),
          new TorchOperator("aten.prod", "slice, multiply", ReductionOperators::product),
          new TorchOperator("aten.cumsum", "window_mean", ReductionOperators::cumulativeSum),
          new TorchOperator("aten.diff", "slice, subtract", ReductionOperators::differences),
          new TorchOperator(
              "aten.logsumexp",
              "max_pool, subtract, pointwise, window_mean, add",
              ReductionOperators::logarithmOfSum),
          new TorchOperator(
              "aten.logaddexp",
              "subtract, pointwise, add",
              c -> {
                Value d = c.emit().subtract(c.value(0), c.value(1));
                Value more = c.emit().pointwise(d, ScalarFunction.SOFTPLUS, 1.0, LINEAR_FROM);
                return c.result(c.emit().add(c.value(1), more));
              }));

  private ReductionOperators() {}

  /**
   * Overload "" is (input, dtype); {@code dim_IntList} and {@code dim} are (input, dim, keepdim,
   * dtype).
   */
  private static TorchValue reduce(OperatorCall call, boolean sum) {
    boolean whole = call.overload().isEmpty();
    int dtypeAt = whole ? 1 : 3;
    if (sum
        && call.isNone(dtypeAt)
        && call.tensor(0) instanceof KnownTensor known
        && !known.dtype().isFloating()) {
      boolean keep = !whole && call.flag(2);
      return new KnownTensor(
          HostOperators.reduced(
              call,
              HostTensors.cast(known.data(), DType.I64),
              whole ? call.arguments().size() : 1,
              keep,
              0,
              Double::sum),
          "");
    }
    DType dtype = summedType(call, dtypeAt);
    if (!sum && !dtype.isFloating()) {
      throw call.refuse("a mean of integers; convert them to float first");
    }
    Value input = call.in(dtype, call.tensor(0));
    int rank = input.shape().rank();
    TreeSet<Integer> axes = new TreeSet<>();
    if (!whole && !call.isNone(1)) {
      call.integers(1).forEach(a -> axes.add(call.resolveAxis(a, rank)));
    }
    if (axes.isEmpty()) {
      for (int axis = 0; axis < rank; axis++) {
        axes.add(axis);
      }
    }
    return call.result(
        rank == 0 ? input : mean(call, input, List.copyOf(axes), !whole && call.flag(2), sum),
        dtype);
  }

  /** The element type of sums and products: the given one, else 64-bit integers of integers. */
  private static DType summedType(OperatorCall call, int dtypeAt) {
    if (!call.isNone(dtypeAt)) {
      return CastOperators.dtype(call, call.integer(dtypeAt));
    }
    return exactType(call.tensor(0).dtype());
  }

  /** The type in which a type's numbers are computed: integers and booleans as 64-bit integers. */
  static DType exactType(DType dtype) {
    return dtype.isFloating() ? dtype : DType.I64;
  }

  /**
   * Mean (or sum) over {@code axes}, ascending. Neighbouring axes are reduced together, as one
   * axis: one rounding after quantisation instead of one for each.
   */
  static Value mean(
      OperatorCall call, Value input, List<Integer> axes, boolean keepAxes, boolean sum) {
    List<Integer> original = input.shape().extents();
    Value current = input;
    for (int last = axes.size() - 1; last >= 0; ) {
      int first = last;
      while (first > 0 && axes.get(first - 1) == axes.get(first) - 1) {
        first--;
      }
      int from = axes.get(first);
      int to = axes.get(last);
      List<Integer> extents = new ArrayList<>(current.shape().extents());
      int count = 1;
      for (int axis = from; axis <= to; axis++) {
        count = Math.multiplyExact(count, extents.get(axis));
      }
      if (count == 0) {
        throw call.refuse("the tensor has no elements");
      }
      extents.subList(from + 1, to + 1).clear();
      extents.set(from, count);
      if (count > 1) {
        current = call.emit().reshape(current, new Shape(extents));
        current =
            call.emit()
                .windowMean(current, from, List.of(0), List.of(count), List.of(sum ? 1 : count));
      }
      last = first - 1;
    }
    List<Integer> out = new ArrayList<>();
    for (int axis = 0; axis < original.size(); axis++) {
      if (!axes.contains(axis)) {
        out.add(original.get(axis));
      } else if (keepAxes) {
        out.add(1);
      }
    }
    return call.emit().reshape(current, new Shape(out));
  }

  /** The maximum, or minimum, over the last axis, of which one element stays. */
  static Value extreme(TensorEmitter emit, Value input, boolean greatest) {
    List<Integer> whole = List.of(input.shape().extent(input.shape().rank() - 1));
    Value signed = greatest ? input : negated(emit, input);
    Value out = emit.maxPool(signed, whole, List.of(1), List.of(0), List.of(0), List.of(1));
    return greatest ? out : negated(emit, out);
  }

  private static Value negated(TensorEmitter emit, Value x) {
    DType dtype = x.tensorType().dtype();
    return emit.multiply(
        x,
        dtype.isFloating()
            ? emit.scalar(-1)
            : emit.integers(HostTensors.cast(HostTensors.scalar(-1), dtype), ""));
  }

  /** The operand of an extreme, in a type that holds its elements negated. */
  private static Value extremeOperand(OperatorCall call) {
    return call.in(exactType(call.tensor(0).dtype()), call.tensor(0));
  }

  /** An extreme of {@link #extremeOperand}, in the type of the operand. */
  private static Tensor extremeResult(OperatorCall call, Value extreme) {
    DType dtype = call.tensor(0).dtype();
    return call.result(dtype.isFloating() ? extreme : call.emit().cast(extreme, dtype), dtype);
  }

  /**
   * A tensor whose last axis holds what is reduced.
   *
   * @param result the shape after the reduction
   */
  record Lines(Value lines, Shape result) {

    /**
     * @param dims the argument that names the axes; all of them where it is None or empty
     */
    static Lines of(OperatorCall call, Value input, int dims, boolean keep) {
      Shape shape = input.shape();
      TreeSet<Integer> axes = new TreeSet<>();
      if (!call.isNone(dims)) {
        call.integers(dims).forEach(a -> axes.add(call.resolveAxis(a, shape.rank())));
      }
      return of(call, input, axes, keep);
    }

    /** The reduction with its axes resolved; without axes, over all of them. */
    static Lines of(OperatorCall call, Value input, Set<Integer> axes, boolean keep) {
      Shape shape = input.shape();
      List<Integer> order = new ArrayList<>();
      List<Integer> last = new ArrayList<>();
      List<Integer> result = new ArrayList<>();
      List<Integer> extents = new ArrayList<>();
      for (int axis = 0; axis < shape.rank(); axis++) {
        boolean gone = axes.isEmpty() || axes.contains(axis);
        (gone ? last : order).add(axis);
        if (!gone) {
          extents.add(shape.extent(axis));
        }
        if (!gone || keep) {
          result.add(gone ? 1 : shape.extent(axis));
        }
      }
      int count = last.stream().map(shape::extent).reduce(1, Math::multiplyExact);
      if (count == 0) {
        throw call.refuse("the tensor has no elements");
      }
      order.addAll(last);
      extents.add(count);
      Value moved = call.emit().transpose(input, order);
      return new Lines(call.emit().reshape(moved, new Shape(extents)), new Shape(result));
    }

    int axis() {
      return lines.shape().rank() - 1;
    }

    int count() {
      return lines.shape().extent(axis());
    }

    /** The sums of the lines, divided; with an axis of extent 1. */
    Value sums(OperatorCall call, Value lines, int divisor) {
      return call.emit().windowMean(lines, axis(), List.of(0), List.of(count()), List.of(divisor));
    }
  }

  /** (input, dim, keepdim). */
  private static TorchValue extremes(OperatorCall call, boolean greatest) {
    if (HostOperators.isKnown(call)) {
      return HostOperators.extreme(call, greatest);
    }
    Lines lines = Lines.of(call, extremeOperand(call), 1, call.flag(2));
    return extremeResult(call, extreme(call, lines, greatest));
  }

  private static Value extreme(OperatorCall call, Lines lines, boolean greatest) {
    return call.emit().reshape(extreme(call.emit(), lines.lines, greatest), lines.result);
  }

  /** (input, dim, keepdim): the least and the greatest. */
  private static TorchValue both(OperatorCall call) {
    Lines lines = Lines.of(call, extremeOperand(call), 1, call.flag(2));
    return new Tuple(
        List.of(
            extremeResult(call, extreme(call, lines, false)),
            extremeResult(call, extreme(call, lines, true))));
  }

  /** (input), (input, other), or (input, dim, keepdim) with the indices of the elements. */
  private static TorchValue extremeOf(OperatorCall call, boolean greatest) {
    return switch (call.overload()) {
      case "other" -> ActivationOperators.extreme(call, greatest);
      case "dim" -> LinesOfScalars.along(call, c -> extremeAndIndex(c, greatest));
      default ->
          extremeResult(
              call, extreme(call, Lines.of(call, extremeOperand(call), Set.of(), false), greatest));
    };
  }

  private static TorchValue extremeAndIndex(OperatorCall call, boolean greatest) {
    Lines lines = Lines.of(call, extremeOperand(call), 1, call.flag(2));
    return new Tuple(
        List.of(
            extremeResult(call, extreme(call, lines, greatest)),
            OrderOperators.indices(call, greatest)));
  }

  /** (input, dtype) or (input, dim, keepdim, dtype): halves are multiplied, and their halves. */
  private static TorchValue product(OperatorCall call) {
    boolean whole = call.overload().isEmpty();
    DType dtype = summedType(call, whole ? 1 : 3);
    Value input = call.in(dtype, call.tensor(0));
    Lines lines =
        whole ? Lines.of(call, input, Set.of(), false) : Lines.of(call, input, 1, call.flag(2));
    TensorEmitter emit = call.emit();
    Value x = lines.lines;
    int axis = lines.axis();
    // The remaining element is multiplied separately, because in one tensor with the products it
    // would share their scale.
    Optional<Value> over = Optional.empty();
    for (int n = lines.count(); n > 1; n /= 2) {
      if (n % 2 == 1) {
        Value last = emit.slice(x, axis, n - 1, n, 1);
        over = Optional.of(over.map(o -> emit.multiply(o, last)).orElse(last));
      }
      Value left = emit.slice(x, axis, 0, n / 2, 1);
      Value right = emit.slice(x, axis, n / 2, n / 2 * 2, 1);
      x = emit.multiply(left, right);
    }
    Value products = x;
    Value all = over.map(o -> emit.multiply(products, o)).orElse(products);
    return call.result(emit.reshape(all, lines.result), dtype);
  }

  /** (input, dim, dtype): window j is the first j + 1 elements. */
  private static TorchValue cumulativeSum(OperatorCall call) {
    if (HostOperators.isKnown(call)) {
      return HostOperators.cumulativeSum(call);
    }
    DType dtype = summedType(call, 2);
    Value x = call.in(dtype, call.tensor(0));
    if (x.shape().elementCount() < 2) {
      return call.result(x, dtype);
    }
    int axis = call.axis(1, x.shape().rank());
    int n = x.shape().extent(axis);
    return call.result(
        call.emit()
            .windowMean(
                x,
                axis,
                Collections.nCopies(n, 0),
                IntStream.rangeClosed(1, n).boxed().toList(),
                Collections.nCopies(n, 1)),
        dtype);
  }

  /** (input, n, dim, prepend, append): neighbours subtracted, n times. */
  private static TorchValue differences(OperatorCall call) {
    DType dtype = call.tensor(0).dtype();
    if (dtype == DType.I1) {
      throw call.refuse("differences of booleans; convert them to integers first");
    }
    Value x = call.in(dtype, call.tensor(0));
    if (call.integer(1) == 0) { // what stands before and after is not looked at either
      return call.result(x, dtype);
    }
    int axis = call.axis(2, x.shape().rank());
    List<Value> parts = new ArrayList<>();
    if (!call.isNone(3)) {
      parts.add(call.in(dtype, call.tensor(3)));
    }
    parts.add(x);
    if (!call.isNone(4)) {
      parts.add(call.in(dtype, call.tensor(4)));
    }
    x = call.emit().concatenate(parts, axis);
    long times = call.integer(1);
    for (long k = 0; k < times; k++) {
      int n = IndexOperators.extent(call, x.shape(), axis);
      if (n < 2) {
        throw call.refuse("%d differences of an axis of %d".formatted(times, n));
      }
      x =
          call.emit()
              .subtract(
                  call.emit().slice(x, axis, 1, n, 1), call.emit().slice(x, axis, 0, n - 1, 1));
    }
    return call.result(x, dtype);
  }

  /** (input, dim, keepdim): max + log(sum exp(x - max)), where the sum is at least 1. */
  private static TorchValue logarithmOfSum(OperatorCall call) {
    Lines lines = Lines.of(call, call.value(0), 1, call.flag(2));
    TensorEmitter emit = call.emit();
    Value most = extreme(emit, lines.lines, true);
    Value powers = emit.pointwise(emit.subtract(lines.lines, most), ScalarFunction.EXP);
    Value sum = emit.pointwise(lines.sums(call, powers, 1), ScalarFunction.LOG);
    return call.result(emit.reshape(emit.add(most, sum), lines.result));
  }
}
