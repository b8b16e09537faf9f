package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.zkc.ir.Shape;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.ScalarFunction;
import org.zkc.passes.torch.ReductionOperators.Lines;
import org.zkc.passes.torch.TorchValue.Text;
import org.zkc.passes.torch.TorchValue.Tuple;

/** Variances, norms of vectors, and distances: sums of powers, and roots of them. */
final class NormOperators {
  private static final String SUMS = "multiply, pointwise, window_mean";

  static final List<TorchOperator> ALL =
      List.of(
          new TorchOperator("aten.var", "window_mean, subtract, multiply", c -> moments(c).spread),
          new TorchOperator(
              "aten.std", "window_mean, subtract, multiply, pointwise", c -> moments(c).root(c)),
          new TorchOperator(
              "aten.var_mean",
              "window_mean, subtract, multiply",
              c -> moments(c).withMean(c, false)),
          new TorchOperator(
              "aten.std_mean",
              "window_mean, subtract, multiply, pointwise",
              c -> moments(c).withMean(c, true)),
          new TorchOperator("aten.norm", SUMS, NormOperators::norm),
          new TorchOperator("aten.linalg_vector_norm", SUMS, NormOperators::norm),
          new TorchOperator(
              "aten.linalg_norm",
              SUMS,
              "of vectors, and of matrices that of Frobenius",
              NormOperators::anyNorm),
          new TorchOperator(
              "aten.linalg_matrix_norm", SUMS, "that of Frobenius", NormOperators::matrixNorm),
          new TorchOperator("aten.frobenius_norm", SUMS, NormOperators::frobenius),
          new TorchOperator("aten.dist", "subtract, " + SUMS, NormOperators::distance),
          new TorchOperator(
              "aten.pairwise_distance", "subtract, add, " + SUMS, NormOperators::pairwise),
          new TorchOperator(
              "aten.cdist", "broadcast, subtract, " + SUMS, NormOperators::allDistances),
          new TorchOperator(
              "aten.pdist", "slice, concatenate, subtract, " + SUMS, NormOperators::pairs),
          new TorchOperator(
              "aten.cosine_similarity", "clamp, " + SUMS, NormOperators::cosineSimilarity));

  private NormOperators() {}

  private record Moments(TorchValue.Tensor spread, TorchValue.Tensor mean) {
    private TorchValue withMean(OperatorCall call, boolean root) {
      return new Tuple(List.of(root ? root(call) : spread, mean));
    }

    private TorchValue root(OperatorCall call) {
      return call.result(
          call.emit().pointwise(call.value(spread), ScalarFunction.SQRT), spread.dtype());
    }
  }

  /**
   * (input, unbiased), (input, dim, unbiased, keepdim) or (input, dim, correction, keepdim). The
   * variance is the sum of squared distances from the mean over the count less the correction.
   */
  private static Moments moments(OperatorCall call) {
    Value input = call.value(0);
    Lines lines;
    double correction;
    switch (call.overload()) {
      case "dim", "correction" -> {
        lines = Lines.of(call, input, 1, call.flag(3));
        correction = call.overload().equals("dim") ? (call.flag(2) ? 1 : 0) : call.number(2, 1);
      }
      default -> {
        lines = Lines.of(call, input, Set.of(), false);
        correction = call.isNone(1) || call.flag(1) ? 1 : 0;
      }
    }
    double divisor = lines.count() - correction;
    if (divisor != Math.rint(divisor) || divisor < 1) {
      throw call.refuse(
          "a divisor of %s: %d elements less a correction of %s"
              .formatted(divisor, lines.count(), correction));
    }
    Value mean = lines.sums(call, lines.lines(), lines.count());
    Value apart = call.emit().subtract(lines.lines(), mean);
    Value spread = lines.sums(call, call.emit().multiply(apart, apart), (int) divisor);
    return new Moments(
        call.result(call.emit().reshape(spread, lines.result())),
        call.result(call.emit().reshape(mean, lines.result())));
  }

  /** (input, p, dim, keepdim, dtype); p is 2 where it is None. */
  private static TorchValue norm(OperatorCall call) {
    if (HostOperators.isKnown(call)) {
      return HostOperators.norm(call);
    }
    int dtypeAt = call.overload().equals("ScalarOpt_dtype") ? 2 : 4;
    if (!call.isNone(dtypeAt)) {
      CastOperators.requireFloating(call, call.integer(dtypeAt));
    }
    boolean whole = dtypeAt == 2;
    Lines lines =
        whole
            ? Lines.of(call, call.value(0), Set.of(), false)
            : Lines.of(call, call.value(0), 2, call.flag(3));
    return call.result(norm(call, lines, call.number(1, 2)));
  }

  /** (input, ord, dim, keepdim, dtype); without an order a tensor is one vector. */
  private static TorchValue anyNorm(OperatorCall call) {
    int rank = call.tensor(0).shape().rank();
    int axes = call.isNone(2) ? rank : call.integers(2).size();
    double p = 2;
    if (!call.isNone(1)) {
      if (call.argument(1) instanceof Text order) {
        requireFrobenius(call, order.value());
      } else if (axes == 1) {
        p = call.number(1);
      } else {
        throw call.refuse("order %s of a matrix; 'fro' is supported".formatted(call.number(1)));
      }
    }
    return call.result(norm(call, Lines.of(call, call.value(0), 2, call.flag(3)), p));
  }

  /** (input, ord, dim, keepdim, dtype). */
  private static TorchValue matrixNorm(OperatorCall call) {
    if (!(call.argument(1) instanceof Text order)) {
      throw call.refuse("order %s; 'fro' is supported".formatted(call.number(1)));
    }
    requireFrobenius(call, order.value());
    return call.result(norm(call, Lines.of(call, call.value(0), 2, call.flag(3)), 2));
  }

  private static void requireFrobenius(OperatorCall call, String order) {
    if (!order.equals("fro")) {
      throw call.refuse("order '%s'; 'fro' is supported".formatted(order));
    }
  }

  /** (input, dim, keepdim). */
  private static TorchValue frobenius(OperatorCall call) {
    return call.result(norm(call, Lines.of(call, call.value(0), 1, call.flag(2)), 2));
  }

  /** (sum |x|^p)^(1/p) of each line, or its greatest or least |x| where p is infinite. */
  private static Value norm(OperatorCall call, Lines lines, double p) {
    TensorEmitter emit = call.emit();
    Value x = lines.lines();
    Value out;
    if (p == 2) {
      out = emit.pointwise(lines.sums(call, emit.multiply(x, x), 1), ScalarFunction.SQRT);
    } else if (Double.isInfinite(p)) {
      out = ReductionOperators.extreme(emit, emit.pointwise(x, ScalarFunction.ABS), p > 0);
    } else if (p == 1) {
      out = lines.sums(call, emit.pointwise(x, ScalarFunction.ABS), 1);
    } else if (p > 0) {
      Value powers = emit.pointwise(emit.pointwise(x, ScalarFunction.ABS), ScalarFunction.POWER, p);
      out = emit.pointwise(lines.sums(call, powers, 1), ScalarFunction.POWER, 1 / p);
    } else {
      throw call.refuse("order %s; positive ones are supported".formatted(p));
    }
    return emit.reshape(out, lines.result());
  }

  /** (input, other, p): the norm of the difference of all elements. */
  private static TorchValue distance(OperatorCall call) {
    Value apart = call.emit().subtract(call.value(0), call.value(1));
    return call.result(norm(call, Lines.of(call, apart, Set.of(), false), call.number(2)));
  }

  /** (x1, x2, p, eps, keepdim): norms of x1 - x2 + eps along the last axis. */
  private static TorchValue pairwise(OperatorCall call) {
    TensorEmitter emit = call.emit();
    Value apart =
        emit.add(emit.subtract(call.value(0), call.value(1)), emit.scalar(call.number(3)));
    Set<Integer> last = Set.of(apart.shape().rank() - 1);
    return call.result(norm(call, Lines.of(call, apart, last, call.flag(4)), call.number(2)));
  }

  /** (x1, x2, p, mode): norms of the differences of every row of one and every row of the other. */
  private static TorchValue allDistances(OperatorCall call) {
    Value left = call.value(0);
    Value right = call.value(1);
    if (left.shape().rank() < 2 || right.shape().rank() < 2) {
      throw call.refuse(
          "rows of tensors of shape %s and %s".formatted(left.shape(), right.shape()));
    }
    Value apart =
        call.emit()
            .subtract(
                withAxis(call, left, left.shape().rank() - 1),
                withAxis(call, right, right.shape().rank() - 2));
    Set<Integer> last = Set.of(apart.shape().rank() - 1);
    return call.result(norm(call, Lines.of(call, apart, last, false), call.number(2)));
  }

  private static Value withAxis(OperatorCall call, Value x, int at) {
    List<Integer> extents = new ArrayList<>(x.shape().extents());
    extents.add(at, 1);
    return call.emit().reshape(x, new Shape(extents));
  }

  /** (input, p): the distances of rows i < j of a matrix. */
  private static TorchValue pairs(OperatorCall call) {
    Value x = call.value(0);
    int rows = x.shape().rank() == 2 ? x.shape().extent(0) : 0;
    if (rows < 2) {
      throw call.refuse("a tensor of shape %s; two rows are needed".formatted(x.shape()));
    }
    int[] left = new int[Math.multiplyExact(rows, rows - 1) / 2];
    int[] right = new int[left.length];
    int at = 0;
    for (int i = 0; i < rows; i++) {
      for (int j = i + 1; j < rows; j++) {
        left[at] = i;
        right[at++] = j;
      }
    }
    Value apart =
        call.emit()
            .subtract(Picks.along(call.emit(), x, 0, left), Picks.along(call.emit(), x, 0, right));
    return call.result(norm(call, Lines.of(call, apart, Set.of(1), false), call.number(1)));
  }

  /**
   * (x1, x2, dim, eps): the sum of products over both norms, each at least eps. A root of sums of
   * squares that are at least eps^2 is such a norm.
   */
  private static TorchValue cosineSimilarity(OperatorCall call) {
    Shape shape = call.emit().broadcast(call.tensor(0).shape(), call.tensor(1).shape());
    Set<Integer> axis = Set.of(call.axis(2, shape.rank()));
    double eps = call.number(3);
    Lines left = Lines.of(call, call.emit().broadcast(call.value(0), shape), axis, false);
    Lines right = Lines.of(call, call.emit().broadcast(call.value(1), shape), axis, false);
    TensorEmitter emit = call.emit();
    Value products = left.sums(call, emit.multiply(left.lines(), right.lines()), 1);
    Value cosines =
        emit.multiply(
            emit.multiply(products, inverseNorm(call, left, eps)), inverseNorm(call, right, eps));
    return call.result(emit.reshape(cosines, left.result()));
  }

  private static Value inverseNorm(OperatorCall call, Lines lines, double eps) {
    Value squares = lines.sums(call, call.emit().multiply(lines.lines(), lines.lines()), 1);
    Value atLeast = call.emit().clamp(squares, eps * eps, Double.POSITIVE_INFINITY);
    return call.emit().pointwise(atLeast, ScalarFunction.RSQRT);
  }
}
