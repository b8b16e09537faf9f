package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Comparison;
import org.zkc.ir.tensor.ScalarFunction;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.ListOf;
import org.zkc.passes.torch.TorchValue.Tensor;
import org.zkc.passes.torch.TorchValue.TracedTensor;
import org.zkc.passes.torch.TorchValue.Tuple;

/** Operators that are a few others, and second names of operators. */
final class CompositeOperators {
  static final List<TorchOperator> ALL =
      List.of(
          operator("addr", "reshape, multiply, add", CompositeOperators::addOuter),
          operator("broadcast_tensors", "broadcast", CompositeOperators::broadcast),
          operator("cross", "slice, concatenate, multiply, subtract", CompositeOperators::cross),
          operator(
              "linalg_cross", "slice, concatenate, multiply, subtract", CompositeOperators::cross),
          operator("deg2rad", "multiply", c -> scaled(c, Math.PI / 180)),
          operator("rad2deg", "multiply", c -> scaled(c, 180 / Math.PI)),
          operator("heaviside", "compare_zero, multiply, add", CompositeOperators::heaviside),
          operator("hypot", "multiply, add, pointwise", CompositeOperators::hypotenuse),
          operator("inner", "linear or matmul", CompositeOperators::inner),
          operator("kron", "reshape, multiply", CompositeOperators::kronecker),
          operator(
              "kthvalue",
              "top_values, top_indices, slice",
              c -> LinesOfScalars.along(c, CompositeOperators::kth)),
          operator("linalg_multi_dot", "linear or matmul", c -> chain(c, c.tensors(0))),
          operator("chain_matmul", "linear or matmul", c -> chain(c, c.tensors(0))),
          operator("linalg_matrix_power", "matmul", CompositeOperators::power),
          operator("matrix_power", "matmul", CompositeOperators::power),
          operator("msort", "top_values", CompositeOperators::sorted),
          operator("nan_to_num", "identity", c -> c.tensor(0)),
          operator("positive", "identity", c -> c.tensor(0)),
          operator("conj", "identity", c -> c.tensor(0)),
          operator("_conj", "identity", c -> c.tensor(0)),
          operator("conj_physical", "identity", c -> c.tensor(0)),
          operator("resolve_conj", "identity", c -> c.tensor(0)),
          operator("resolve_neg", "identity", c -> c.tensor(0)),
          operator("signbit", "compare_zero", c -> isNegative(c)),
          operator("tensordot", "linear or matmul", CompositeOperators::tensorDot),
          new TorchOperator(
              "aten.xlogy", "pointwise, multiply", "on its domain", CompositeOperators::xLogY));

  /** Second names of operators, and the names under which they are lowered. */
  static final Map<String, String> ALIASES =
      Map.ofEntries(
          Map.entry("aten.absolute", "aten.abs"),
          Map.entry("aten.divide", "aten.div"),
          Map.entry("aten.greater", "aten.gt"),
          Map.entry("aten.greater_equal", "aten.ge"),
          Map.entry("aten.less", "aten.lt"),
          Map.entry("aten.less_equal", "aten.le"),
          Map.entry("aten.det", "aten.linalg_det"),
          Map.entry("aten.inverse", "aten.linalg_inv"),
          Map.entry("aten.linalg_diagonal", "aten.diagonal"),
          Map.entry("aten.linalg_matmul", "aten.matmul"),
          Map.entry("aten.nanmedian", "aten.median"),
          Map.entry("aten.multiply", "aten.mul"),
          Map.entry("aten.negative", "aten.neg"),
          Map.entry("aten.not_equal", "aten.ne"),
          Map.entry("aten.arctan2", "aten.atan2"),
          Map.entry("aten.special_digamma", "aten.digamma"),
          Map.entry("aten.special_erf", "aten.erf"),
          Map.entry("aten.special_erfc", "aten.erfc"),
          Map.entry("aten.special_erfinv", "aten.erfinv"),
          Map.entry("aten.special_exp2", "aten.exp2"),
          Map.entry("aten.special_expit", "aten.sigmoid"),
          Map.entry("aten.special_expm1", "aten.expm1"),
          Map.entry("aten.special_gammaln", "aten.lgamma"),
          Map.entry("aten.special_i0", "aten.i0"),
          Map.entry("aten.special_log1p", "aten.log1p"),
          Map.entry("aten.special_log_softmax", "aten.log_softmax"),
          Map.entry("aten.special_logsumexp", "aten.logsumexp"),
          Map.entry("aten.special_logit", "aten.logit"),
          Map.entry("aten.special_psi", "aten.digamma"),
          Map.entry("aten.special_round", "aten.round"),
          Map.entry("aten.special_sinc", "aten.sinc"),
          Map.entry("aten.special_softmax", "aten.softmax"),
          Map.entry("aten.special_xlogy", "aten.xlogy"),
          Map.entry("aten.subtract", "aten.sub"));

  private CompositeOperators() {}

  private static TorchOperator operator(String name, String becomes, OperatorLowering lowering) {
    return new TorchOperator("aten." + name, becomes, lowering);
  }

  private static TorchValue scaled(OperatorCall call, double factor) {
    return call.result(call.emit().multiply(call.value(0), call.emit().scalar(factor)));
  }

  /** (self, vec1, vec2, beta, alpha): beta self + alpha vec1 vec2^T. */
  private static TorchValue addOuter(OperatorCall call) {
    TensorEmitter emit = call.emit();
    Value column = call.value(1);
    Value outer =
        emit.multiply(
            emit.reshape(column, Shape.of((int) column.shape().elementCount(), 1)), call.value(2));
    double alpha = call.number(4, 1);
    double beta = call.number(3, 1);
    Value right = alpha == 1 ? outer : emit.multiply(outer, emit.scalar(alpha));
    Value left = beta == 1 ? call.value(0) : emit.multiply(call.value(0), emit.scalar(beta));
    return call.result(emit.add(left, right));
  }

  private static TorchValue broadcast(OperatorCall call) {
    List<Tensor> tensors = call.tensors(0);
    Shape shape = Shape.of();
    for (Tensor tensor : tensors) {
      shape = call.emit().broadcast(shape, tensor.shape());
    }
    List<TorchValue> out = new ArrayList<>();
    for (Tensor tensor : tensors) {
      out.add(
          tensor instanceof KnownTensor k
              ? new KnownTensor(HostTensors.broadcast(k.data(), shape), k.name())
              : new TracedTensor(call.emit().broadcast(call.held(tensor), shape), tensor.dtype()));
    }
    return new ListOf(out);
  }

  /**
   * (self, other, dim): of vectors of three along an axis, the first of three where none is named.
   */
  private static TorchValue cross(OperatorCall call) {
    TensorEmitter emit = call.emit();
    Shape shape = emit.broadcast(call.tensor(0).shape(), call.tensor(1).shape());
    Value a = emit.broadcast(call.value(0), shape);
    Value b = emit.broadcast(call.value(1), shape);
    int axis = call.isNone(2) ? shape.extents().indexOf(3) : call.axis(2, shape.rank());
    if (axis < 0 || shape.extent(axis) != 3) {
      throw call.refuse("vectors of shape %s, without an axis of 3".formatted(shape));
    }
    Value left = emit.multiply(rolled(emit, a, axis, 1), rolled(emit, b, axis, 2));
    Value right = emit.multiply(rolled(emit, a, axis, 2), rolled(emit, b, axis, 1));
    return call.result(emit.subtract(left, right));
  }

  private static Value rolled(TensorEmitter emit, Value x, int axis, int by) {
    return emit.concatenate(
        List.of(emit.slice(x, axis, by, 3, 1), emit.slice(x, axis, 0, by, 1)), axis);
  }

  /** (self, values): 0 below 0, 1 above, the value at 0. */
  private static TorchValue heaviside(OperatorCall call) {
    TensorEmitter emit = call.emit();
    Value x = call.value(0);
    Value above = emit.cast(emit.compareZero(x, Comparison.GREATER), DType.F32);
    Value at = emit.cast(emit.compareZero(x, Comparison.EQUAL), DType.F32);
    return call.result(emit.add(above, emit.multiply(at, call.value(1))));
  }

  private static TorchValue hypotenuse(OperatorCall call) {
    TensorEmitter emit = call.emit();
    Value x = call.value(0);
    Value y = call.value(1);
    Value squares = emit.add(emit.multiply(x, x), emit.multiply(y, y));
    return call.result(emit.pointwise(squares, ScalarFunction.SQRT));
  }

  /** x log y, of positive y. */
  private static TorchValue xLogY(OperatorCall call) {
    TensorEmitter emit = call.emit();
    return call.result(
        emit.multiply(call.value(0), emit.pointwise(call.value(1), ScalarFunction.LOG)));
  }

  private static TorchValue isNegative(OperatorCall call) {
    return call.result(call.emit().compareZero(call.value(0), Comparison.LESS), DType.I1);
  }

  /** (self, other): sums over the last axes of both. */
  private static TorchValue inner(OperatorCall call) {
    int left = call.tensor(0).shape().rank();
    int right = call.tensor(1).shape().rank();
    if (left == 0 || right == 0) {
      return call.result(call.emit().multiply(call.value(0), call.value(1)));
    }
    return contracted(call, List.of(left - 1), List.of(right - 1));
  }

  /** (self, other, dims_self, dims_other). */
  private static TorchValue tensorDot(OperatorCall call) {
    int left = call.tensor(0).shape().rank();
    int right = call.tensor(1).shape().rank();
    return contracted(
        call,
        call.integers(2).stream().map(a -> call.resolveAxis(a, left)).toList(),
        call.integers(3).stream().map(a -> call.resolveAxis(a, right)).toList());
  }

  /** Sums of products over axes of two tensors, by letters. */
  private static TorchValue contracted(
      OperatorCall call, List<Integer> leftAxes, List<Integer> rightAxes) {
    int left = call.tensor(0).shape().rank();
    int right = call.tensor(1).shape().rank();
    if (leftAxes.size() != rightAxes.size()) {
      throw call.refuse("axes %s beside axes %s".formatted(leftAxes, rightAxes));
    }
    StringBuilder a = new StringBuilder();
    IntStream.range(0, left).forEach(i -> a.append((char) ('a' + i)));
    StringBuilder b = new StringBuilder();
    StringBuilder rest = new StringBuilder();
    for (int i = 0; i < left; i++) {
      if (!leftAxes.contains(i)) {
        rest.append(a.charAt(i));
      }
    }
    for (int i = 0; i < right; i++) {
      int at = rightAxes.indexOf(i);
      b.append(at < 0 ? (char) ('A' + i) : a.charAt(leftAxes.get(at)));
      if (at < 0) {
        rest.append(b.charAt(i));
      }
    }
    return Einsum.of(call, a + "," + b + "->" + rest, List.of(call.tensor(0), call.tensor(1)));
  }

  /** (self, other): every element of one times the other. */
  private static TorchValue kronecker(OperatorCall call) {
    TensorEmitter emit = call.emit();
    int rank = Math.max(call.tensor(0).shape().rank(), call.tensor(1).shape().rank());
    List<Integer> left = new ArrayList<>();
    List<Integer> right = new ArrayList<>();
    List<Integer> joined = new ArrayList<>();
    for (int axis = 0; axis < rank; axis++) {
      int l = extent(call.tensor(0).shape(), axis, rank);
      int r = extent(call.tensor(1).shape(), axis, rank);
      left.addAll(List.of(l, 1));
      right.addAll(List.of(1, r));
      joined.add(Math.multiplyExact(l, r));
    }
    Value product =
        emit.multiply(
            emit.reshape(call.value(0), new Shape(left)),
            emit.reshape(call.value(1), new Shape(right)));
    return call.result(emit.reshape(product, new Shape(joined)));
  }

  private static int extent(Shape shape, int axis, int rank) {
    int at = axis - (rank - shape.rank());
    return at < 0 ? 1 : shape.extent(at);
  }

  private static TorchValue chain(OperatorCall call, List<Tensor> factors) {
    if (factors.isEmpty()) {
      throw call.refuse("a product of no matrices");
    }
    Tensor out = factors.getFirst();
    for (Tensor factor : factors.subList(1, factors.size())) {
      out = call.result(LinearOperators.product(call, out, factor));
    }
    return out;
  }

  /** (self, n) for n from 1 to 64. */
  private static TorchValue power(OperatorCall call) {
    long n = call.integer(1);
    if (n < 1 || n > 64) {
      throw call.refuse("the power %d of a matrix; from 1 to 64 is supported".formatted(n));
    }
    List<Tensor> factors = new ArrayList<>();
    for (long i = 0; i < n; i++) {
      factors.add(call.tensor(0));
    }
    return chain(call, factors);
  }

  /** (self, k, dim, keepdim): the k-th smallest, counted from 1, and its index. */
  private static TorchValue kth(OperatorCall call) {
    int rank = call.tensor(0).shape().rank();
    int axis = call.isNone(2) ? rank - 1 : call.axis(2, rank);
    int k = call.extent(1);
    OperatorCall smallest =
        new OperatorCall(
            "aten.topk",
            "",
            List.of(
                call.argument(0),
                new TorchValue.Int(k),
                new TorchValue.Int(axis),
                new TorchValue.Bool(false)),
            call.location(),
            call.emit());
    List<TorchValue> found = new ArrayList<>();
    for (TorchValue each : OrderOperators.topK(smallest).sequence().orElseThrow()) {
      Value last = call.emit().slice(call.held(call.tensorOf(each)), axis, k - 1, k, 1);
      List<Integer> extents = new ArrayList<>(last.shape().extents());
      if (!call.flag(3)) {
        extents.remove(axis);
      }
      Value result = call.emit().reshape(last, new Shape(extents));
      found.add(call.result(result, call.tensorOf(each).dtype()));
    }
    return new Tuple(found);
  }

  private static TorchValue sorted(OperatorCall call) {
    OperatorCall sort =
        new OperatorCall(
            "aten.sort",
            "",
            List.of(call.argument(0), new TorchValue.Int(0), new TorchValue.Bool(false)),
            call.location(),
            call.emit());
    return OrderOperators.sort(sort).sequence().orElseThrow().getFirst();
  }

  /** The name under which an operator is lowered. */
  static String canonical(String operator) {
    return Optional.ofNullable(ALIASES.get(operator)).orElse(operator);
  }
}
