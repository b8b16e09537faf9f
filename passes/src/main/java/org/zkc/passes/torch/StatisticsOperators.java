package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Comparison;
import org.zkc.ir.tensor.ScalarFunction;
import org.zkc.passes.torch.TorchValue.Tensor;
import org.zkc.passes.torch.TorchValue.TracedTensor;
import org.zkc.passes.torch.TorchValue.Tuple;

/** Counts, quantiles, covariances and other summaries of a tensor's elements. */
final class StatisticsOperators {
  /** Boundaries that numbers are compared with, one by one. */
  private static final int MOST_BOUNDARIES = 1024;

  static final List<TorchOperator> ALL =
      List.of(
          new TorchOperator(
              "aten.count_nonzero", "compare_zero, cast, window_mean", StatisticsOperators::count),
          new TorchOperator(
              "aten.bucketize",
              "subtract, compare_zero, cast, window_mean",
              "up to 1,024 boundaries",
              c -> places(c, 0, 1, 3)),
          new TorchOperator(
              "aten.searchsorted",
              "subtract, compare_zero, cast, window_mean",
              "up to 1,024 boundaries along the last axis, no sorter",
              StatisticsOperators::searchSorted),
          new TorchOperator("aten.nansum", "window_mean", c -> whereNumbers(c, "aten.sum")),
          new TorchOperator("aten.nanmean", "window_mean", c -> whereNumbers(c, "aten.mean")),
          new TorchOperator(
              "aten.quantile",
              "top_values, slice, multiply, add",
              "constant q",
              StatisticsOperators::quantile),
          new TorchOperator(
              "aten.nanquantile",
              "top_values, slice, multiply, add",
              "constant q",
              StatisticsOperators::quantile),
          new TorchOperator(
              "aten.cov",
              "window_mean, subtract, matmul, multiply",
              "without weights",
              StatisticsOperators::covariance),
          new TorchOperator(
              "aten.corrcoef",
              "window_mean, subtract, multiply, pointwise, matmul",
              StatisticsOperators::correlation),
          trapezoid("aten.trapezoid"),
          trapezoid("aten.trapz"));

  private StatisticsOperators() {}

  private static TorchOperator trapezoid(String name) {
    return new TorchOperator(
        name, "slice, add, multiply, window_mean", "constant x", StatisticsOperators::trapezoid);
  }

  /** (self), (self, dim) or (self, dims). */
  private static TorchValue count(OperatorCall call) {
    Tensor x = call.tensor(0);
    int rank = x.shape().rank();
    TreeSet<Integer> axes = new TreeSet<>();
    if (!call.isNone(1)) {
      call.integers(1).forEach(a -> axes.add(call.resolveAxis(a, rank)));
    }
    Value truth = call.in(DType.I64, LogicOperators.truth(call, x));
    if (rank == 0) {
      return call.result(truth, DType.I64);
    }
    ReductionOperators.Lines lines = ReductionOperators.Lines.of(call, truth, axes, false);
    Value sum = summed(call.emit(), lines.lines());
    return call.result(call.emit().reshape(sum, lines.result()), DType.I64);
  }

  /** The sum along the last axis, of which one element stays. */
  private static Value summed(TensorEmitter emit, Value lines) {
    int axis = lines.shape().rank() - 1;
    return emit.windowMean(
        lines, axis, List.of(0), List.of(lines.shape().extent(axis)), List.of(1));
  }

  /** (sorted_sequence, self, out_int32, right, side, sorter). */
  private static TorchValue searchSorted(OperatorCall call) {
    if (!call.isNone(5)) {
      throw call.refuse("a sorter; sort the sequence before");
    }
    return places(call, 1, 0, 3);
  }

  /**
   * The number of boundaries below a number, or not above it where {@code right}: of boundaries in
   * order, all of one axis or those of the number's own row.
   */
  private static TorchValue places(OperatorCall call, int inputAt, int boundariesAt, int rightAt) {
    TensorEmitter emit = call.emit();
    Tensor boundaries = call.tensor(boundariesAt);
    TorchValue x = call.argument(inputAt);
    Shape shape = x instanceof Tensor t ? t.shape() : Shape.of();
    int rank = boundaries.shape().rank();
    int n = rank == 0 ? 0 : boundaries.shape().extent(rank - 1);
    if (n < 1 || n > MOST_BOUNDARIES) {
      throw call.refuse(
          "boundaries of shape %s; up to %d along the last axis are supported"
              .formatted(boundaries.shape(), MOST_BOUNDARIES));
    }
    List<Integer> rows = new ArrayList<>(boundaries.shape().extents());
    rows.removeLast();
    if (rank > 1 && (shape.rank() != rank || !shape.extents().subList(0, rank - 1).equals(rows))) {
      throw call.refuse(
          "boundaries of shape %s for numbers of shape %s; all axes but the last have to agree"
              .formatted(boundaries.shape(), shape));
    }
    boolean right =
        call.flag(rightAt) || (!call.isNone(rightAt + 1) && call.text(rightAt + 1).equals("right"));
    DType common = Promotion.of(List.of(x, boundaries));
    DType dtype = common.isFloating() ? common : DType.I64;
    List<Integer> extents = new ArrayList<>(shape.extents());
    extents.add(1);
    Value numbers = emit.reshape(call.in(dtype, x), new Shape(extents));
    Value places = call.in(dtype, boundaries);
    if (rank > 1) {
      rows.addAll(List.of(1, n));
      places = emit.reshape(places, new Shape(rows));
    }
    Comparison comparison = right ? Comparison.GREATER_EQUAL : Comparison.GREATER;
    Value isAbove =
        emit.cast(emit.compareZero(emit.subtract(numbers, places), comparison), DType.I64);
    Value count = emit.reshape(summed(emit, isAbove), shape);
    DType counted = call.flag(rightAt - 1) ? DType.I32 : DType.I64;
    return call.result(emit.cast(count, counted), counted);
  }

  /** (self, dim, keepdim, dtype): no value of a proof is NaN. */
  private static TorchValue whereNumbers(OperatorCall call, String operator) {
    OperatorCall plain =
        new OperatorCall(operator, "dim", call.arguments(), call.location(), call.emit());
    return TorchOperatorTable.find(operator).orElseThrow().lowering().lower(plain);
  }

  /** (self, q, dim, keepdim, interpolation), q a number or a constant of at most one axis. */
  private static TorchValue quantile(OperatorCall call) {
    TensorEmitter emit = call.emit();
    TensorData q = ArithmeticOperators.data(call, 1);
    if (!(call.argument(0) instanceof TracedTensor) || q.shape().rank() > 1) {
      throw call.unsupported();
    }
    ReductionOperators.Lines lines =
        ReductionOperators.Lines.of(call, call.value(0), 2, call.flag(3));
    int n = lines.count();
    String interpolation = call.isNone(4) ? "linear" : call.text(4);
    OperatorCall sort =
        new OperatorCall(
            "aten.sort",
            "",
            List.of(
                call.result(lines.lines()),
                new TorchValue.Int(lines.axis()),
                new TorchValue.Bool(false)),
            call.location(),
            emit);
    Tuple sorted = (Tuple) OrderOperators.sort(sort);
    Value values = call.value(call.tensorOf(sorted.elements().getFirst()));
    List<Value> out = new ArrayList<>();
    List<Integer> stacked = new ArrayList<>(lines.result().extents());
    stacked.addFirst(1);
    for (long i = 0; i < q.elementCount(); i++) {
      double at = q.getDouble(i) * (n - 1);
      if (!(at >= 0 && at <= n - 1)) {
        throw call.refuse("q is %s, outside [0, 1]".formatted(q.getDouble(i)));
      }
      int below = (int) Math.floor(at);
      int above = (int) Math.ceil(at);
      double share =
          switch (interpolation) {
            case "linear" -> at - below;
            case "lower" -> 0;
            case "higher" -> 1;
            case "midpoint" -> 0.5;
            case "nearest" -> Math.rint(at) == below ? 0 : 1;
            default -> throw call.refuse("interpolation '%s'".formatted(interpolation));
          };
      Value low = emit.slice(values, lines.axis(), below, below + 1, 1);
      Value high = emit.slice(values, lines.axis(), above, above + 1, 1);
      Value between =
          share == 0 || above == below
              ? low
              : share == 1
                  ? high
                  : emit.add(low, emit.multiply(emit.subtract(high, low), emit.scalar(share)));
      out.add(emit.reshape(between, new Shape(stacked)));
    }
    Value all = emit.concatenate(out, 0);
    return call.result(q.shape().rank() == 0 ? emit.reshape(all, lines.result()) : all);
  }

  /** The rows [d, n] less their means. */
  private static Value centred(OperatorCall call) {
    TensorEmitter emit = call.emit();
    Value x = call.value(0);
    if (x.shape().rank() > 2) {
      throw call.refuse("%d axes; one or two are supported".formatted(x.shape().rank()));
    }
    int n = x.shape().rank() == 0 ? 1 : x.shape().extent(x.shape().rank() - 1);
    Value rows = emit.reshape(x, Shape.of(call.narrow(x.shape().elementCount() / n), n));
    return emit.subtract(rows, ReductionOperators.mean(call, rows, List.of(1), true, false));
  }

  /** The matrix, of one variable its only element. */
  private static Value withoutAxes(OperatorCall call, Value matrix) {
    return matrix.shape().extent(0) == 1 ? call.emit().reshape(matrix, Shape.of()) : matrix;
  }

  /** (self, correction, fweights, aweights): rows are variables. */
  private static TorchValue covariance(OperatorCall call) {
    if (!call.isNone(2) || !call.isNone(3)) {
      throw call.refuse("weights of observations; scale the rows instead");
    }
    TensorEmitter emit = call.emit();
    Value rows = centred(call);
    long count = rows.shape().extent(1) - call.integer(1, 1);
    if (count < 1) {
      throw call.refuse("%d observations".formatted(rows.shape().extent(1)));
    }
    Value sums = emit.matMul(rows, rows);
    return call.result(withoutAxes(call, emit.multiply(sums, emit.scalar(1.0 / count))));
  }

  /** Products of the rows, which have norm 1. */
  private static TorchValue correlation(OperatorCall call) {
    TensorEmitter emit = call.emit();
    Value rows = centred(call);
    Value squares =
        ReductionOperators.mean(call, emit.multiply(rows, rows), List.of(1), true, true);
    Value unit = emit.multiply(rows, emit.pointwise(squares, ScalarFunction.RSQRT));
    return call.result(withoutAxes(call, emit.clamp(emit.matMul(unit, unit), -1, 1)));
  }

  /** (y, x, dim) or (y, dx, dim): the sum of the means of neighbours times their distance. */
  private static TorchValue trapezoid(OperatorCall call) {
    TensorEmitter emit = call.emit();
    Value y = call.value(0);
    int axis = call.axis(2, y.shape().rank());
    int n = IndexOperators.extent(call, y.shape(), axis);
    if (n < 2) {
      throw call.refuse("an axis of %d elements".formatted(n));
    }
    Value neighbours = emit.add(emit.slice(y, axis, 0, n - 1, 1), emit.slice(y, axis, 1, n, 1));
    Value areas;
    if (call.argument(1) instanceof Tensor) {
      TensorData x = call.knownTensor(1, "x").data();
      if (x.shape().rank() != 1 || x.elementCount() != n) {
        throw call.refuse("x of shape %s for an axis of %d".formatted(x.shape(), n));
      }
      float[] halves = new float[n - 1];
      IntStream.range(0, n - 1)
          .forEach(i -> halves[i] = (float) ((x.getDouble(i + 1) - x.getDouble(i)) / 2));
      List<Integer> extents = new ArrayList<>(Collections.nCopies(y.shape().rank(), 1));
      extents.set(axis, n - 1);
      areas =
          emit.multiply(
              neighbours, emit.constant(TensorData.ofFloats(new Shape(extents), halves), ""));
    } else {
      areas = emit.multiply(neighbours, emit.scalar(call.number(1, 1) / 2));
    }
    return call.result(ReductionOperators.mean(call, areas, List.of(axis), false, true));
  }
}
