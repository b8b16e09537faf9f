package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.Value;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.Tensor;
import org.zkc.passes.torch.TorchValue.TracedTensor;

/** Matrix products: Linear where one factor is a constant matrix, else MatMul. */
final class LinearOperators {
  static final List<TorchOperator> ALL =
      List.of(
          new TorchOperator("aten.linear", "linear or matmul", LinearOperators::linear),
          new TorchOperator("aten.addmm", "linear or matmul", c -> added(c, 2, 2)),
          new TorchOperator("aten.addmv", "linear or matmul", c -> added(c, 2, 1)),
          new TorchOperator("aten.baddbmm", "linear or matmul", c -> added(c, 3, 3)),
          new TorchOperator("aten.addbmm", "linear or matmul", c -> added(c, 3, 3)),
          new TorchOperator("aten.mm", "linear or matmul", c -> product(c, 2, 2)),
          new TorchOperator("aten.bmm", "linear or matmul", c -> product(c, 3, 3)),
          new TorchOperator("aten.mv", "linear or matmul", c -> product(c, 2, 1)),
          new TorchOperator("aten.dot", "linear or matmul", c -> product(c, 1, 1)),
          new TorchOperator(
              "aten.matmul",
              "linear or matmul",
              c -> c.result(product(c, c.tensor(0), c.tensor(1)))),
          new TorchOperator("aten.vdot", "linear or matmul", c -> product(c, 1, 1)),
          new TorchOperator("aten.outer", "reshape, multiply", LinearOperators::outer),
          new TorchOperator("aten.ger", "reshape, multiply", LinearOperators::outer),
          new TorchOperator(
              "aten.bilinear",
              "linear, matmul",
              "constant weight and bias",
              LinearOperators::bilinear),
          new TorchOperator("aten.einsum", "linear or matmul", Einsum::lower));

  /** Products of integers that are made one by one. */
  private static final long MOST_INTEGER_PRODUCTS = 1 << 20;

  private LinearOperators() {}

  /** The products of all pairs of elements of two vectors. */
  private static TorchValue outer(OperatorCall call) {
    Value column = call.value(0);
    if (column.shape().rank() != 1 || call.tensor(1).shape().rank() != 1) {
      throw call.refuse(
          "factors of shapes %s and %s, where vectors are needed"
              .formatted(column.shape(), call.tensor(1).shape()));
    }
    Value apart = call.emit().reshape(column, Shape.of(column.shape().extent(0), 1));
    return call.result(call.emit().multiply(apart, call.value(1)));
  }

  private static TorchValue linear(OperatorCall call) {
    boolean isConstant =
        call.tensor(1) instanceof KnownTensor
            && (call.isNone(2) || call.tensor(2) instanceof KnownTensor);
    Value weight = call.value(1);
    if (!isConstant) {
      Tensor transposed = new TracedTensor(lastTwoSwapped(call, weight), DType.F32);
      Value y = product(call, call.tensor(0), transposed);
      return call.result(call.isNone(2) ? y : call.emit().add(y, call.value(2)));
    }
    if (weight.shape().rank() == 1) { // a vector: the output axis is dropped
      Value row = call.emit().reshape(weight, Shape.of(1, weight.shape().extent(0)));
      Value bias = call.isNone(2) ? null : call.emit().reshape(call.value(2), Shape.of(1));
      Value out = call.emit().linear(call.value(0), row, Optional.ofNullable(bias));
      return call.result(dropLast(call, out));
    }
    return call.result(call.emit().linear(call.value(0), weight, call.optionalValue(2)));
  }

  /** y[..., o] = left[..., i] weight[o, i, j] right[..., j] + bias[o], first over j. */
  private static TorchValue bilinear(OperatorCall call) {
    TensorEmitter out = call.emit();
    Shape weight = call.knownTensor(2, "weight").shape();
    if (!call.isNone(3)) {
      call.knownTensor(3, "bias");
    }
    int outputs = weight.extent(0);
    int inputs = weight.extent(1);
    Value left = call.value(0);
    int rows = call.narrow(leading(left, 1).elementCount());
    Value rightWeight = out.reshape(call.value(2), Shape.of(outputs * inputs, weight.extent(2)));
    Value matrices = out.linear(call.value(1), rightWeight, Optional.empty());
    Value y =
        timesTransposed(
            call,
            out.reshape(matrices, Shape.of(rows, outputs, inputs)),
            out.reshape(left, Shape.of(rows, 1, inputs)));
    Value result = out.reshape(y, under(leading(left, 1), Shape.of(outputs)));
    return call.result(call.isNone(3) ? result : out.add(result, call.value(3)));
  }

  /** beta self + alpha (left right); a constant vector self is the bias of a linear map. */
  private static TorchValue added(OperatorCall call, int leftRank, int rightRank) {
    requireProduct(call, 1, leftRank, rightRank);
    if (!Promotion.ofTensors(call.arguments()).isFloating()) {
      return addedIntegers(call);
    }
    double beta = call.number(3, 1);
    double alpha = call.number(4, 1);
    boolean isBias =
        leftRank == 2
            && rightRank == 2
            && beta == 1
            && alpha == 1
            && call.tensor(0) instanceof KnownTensor
            && call.tensor(0).shape().rank() == 1
            && call.tensor(2) instanceof KnownTensor
            && call.tensor(0).shape().extent(0) == call.tensor(2).shape().extent(1);
    if (isBias) {
      Value weight = call.emit().transpose(call.value(2), List.of(1, 0));
      return call.result(call.emit().linear(call.value(1), weight, Optional.of(call.value(0))));
    }
    Value product =
        call.operator().equals("aten.addbmm")
            ? summedProduct(call)
            : product(call, call.tensor(1), call.tensor(2));
    if (alpha != 1) {
      product = call.emit().multiply(product, call.emit().scalar(alpha));
    }
    if (beta == 0) { // what self holds does not matter, as PyTorch has it
      return call.result(product);
    }
    // The addend may be the mask of a softmax.
    Value self =
        call.value(
            call.tensor(0) instanceof KnownTensor k
                ? SelectionOperators.finite(k)
                : call.tensor(0));
    if (beta != 1) {
      self = call.emit().multiply(self, call.emit().scalar(beta));
    }
    return call.result(call.emit().add(self, product));
  }

  /** The same of integers, exactly. */
  private static TorchValue addedIntegers(OperatorCall call) {
    OtherOperators c = new OtherOperators(call);
    TorchValue product = c.run("matmul", call.argument(1), call.argument(2));
    if (call.operator().equals("aten.addbmm")) {
      product = c.run("sum/dim_IntList", product, List.of(0), false, null);
    }
    TorchValue scaled = c.run("mul/Scalar", product, call.integer(4, 1));
    TorchValue self = c.run("mul/Scalar", call.argument(0), call.integer(3, 1));
    return c.run("add/Tensor", self, scaled, 1);
  }

  /** sum_b left[b] right[b]: one product whose inner axis is both the batch and the inner axis. */
  private static Value summedProduct(OperatorCall call) {
    TensorEmitter out = call.emit();
    Value a = out.transpose(call.value(1), List.of(1, 0, 2));
    Value b = out.transpose(call.value(2), List.of(2, 0, 1));
    return timesTransposed(call, out.reshape(a, joined(a)), out.reshape(b, joined(b)));
  }

  /** The shape with its last two axes of three as one. */
  private static Shape joined(Value value) {
    Shape shape = value.shape();
    return Shape.of(shape.extent(0), shape.extent(1) * shape.extent(2));
  }

  private static TorchValue product(OperatorCall call, int leftRank, int rightRank) {
    requireProduct(call, 0, leftRank, rightRank);
    return call.result(product(call, call.tensor(0), call.tensor(1)));
  }

  /** Factors from argument {@code first} on, which these operators do not broadcast. */
  private static void requireProduct(OperatorCall call, int first, int leftRank, int rightRank) {
    Shape left = call.tensor(first).shape();
    Shape right = call.tensor(first + 1).shape();
    if (call.overload().equals("dtype")) {
      throw call.refuse("a product with elements of another type");
    }
    boolean isBatch = leftRank == 3;
    if (left.rank() != leftRank
        || right.rank() != rightRank
        || (isBatch && left.extent(0) != right.extent(0))) {
      throw call.refuse("factors of shapes %s and %s do not fit together".formatted(left, right));
    }
  }

  /** The product of two tensors as {@code torch.matmul} has it. */
  static Value product(OperatorCall call, Tensor left, Tensor right) {
    TensorEmitter out = call.emit();
    int leftRank = left.shape().rank();
    int rightRank = right.shape().rank();
    if (leftRank == 0 || rightRank == 0) {
      throw call.refuse("a factor has no axes");
    }
    if (!left.dtype().isFloating() && !right.dtype().isFloating()) {
      return integers(call, left, right);
    }
    Value a = call.value(left);
    if (leftRank == 1) {
      a = out.reshape(a, Shape.of(1, left.shape().extent(0)));
    }
    Value b = call.value(right);
    b =
        rightRank == 1
            ? out.reshape(b, Shape.of(1, right.shape().extent(0)))
            : lastTwoSwapped(call, b);
    Value y = timesTransposed(call, a, b);
    List<Integer> extents = new ArrayList<>(y.shape().extents());
    if (rightRank == 1) {
      extents.removeLast();
    }
    if (leftRank == 1) {
      extents.remove(extents.size() - (rightRank == 1 ? 1 : 2));
    }
    return out.reshape(y, new Shape(extents));
  }

  /** Sums of products of integers, exactly: every product of its own, [..., T, I, O], summed. */
  private static Value integers(OperatorCall call, Tensor left, Tensor right) {
    OtherOperators other = new OtherOperators(call);
    boolean isLine = left.shape().rank() == 1;
    boolean isColumn = right.shape().rank() == 1;
    TorchValue a = isLine ? other.run("unsqueeze", left, 0) : left;
    TorchValue b = isColumn ? other.run("unsqueeze", right, 1) : right;
    Shape rows = call.tensorOf(a).shape();
    long products =
        Math.multiplyExact(
            call.tensorOf(b).shape().elementCount(), (long) rows.extent(rows.rank() - 2));
    if (Math.max(products, rows.elementCount()) > MOST_INTEGER_PRODUCTS) {
      throw call.refuse(
          "%d products of integers, where %d are supported; convert them with .float() first"
              .formatted(products, MOST_INTEGER_PRODUCTS));
    }
    TorchValue each =
        other.run("mul/Tensor", other.run("unsqueeze", a, -1), other.run("unsqueeze", b, -3));
    TorchValue sum = other.run("sum/dim_IntList", each, List.of(-2), false, null);
    if (isColumn) {
      sum = other.run("squeeze/dim", sum, -1);
    }
    if (isLine) {
      sum = other.run("squeeze/dim", sum, isColumn ? -1 : -2);
    }
    DType dtype = Promotion.of(List.of(left, right));
    return call.in(dtype, sum);
  }

  /** a b^T over the last two axes, a [..., T, I] and b [..., O, I], the axes before broadcast. */
  static Value timesTransposed(OperatorCall call, Value a, Value b) {
    TensorEmitter out = call.emit();
    Shape left = leading(a);
    Shape right = leading(b);
    if (right.elementCount() == 1) {
      Value matrix = out.reshape(b, last(b, 2));
      Value rows = right.rank() > left.rank() ? out.reshape(a, padded(right.rank(), a)) : a;
      return matrixProduct(call, rows, matrix);
    }
    if (left.elementCount() == 1) { // (a b^T) = (b a^T)^T
      Value matrix = out.reshape(a, last(a, 2));
      Value rows = left.rank() > right.rank() ? out.reshape(b, padded(left.rank(), b)) : b;
      return lastTwoSwapped(call, matrixProduct(call, rows, matrix));
    }
    Shape batch = out.broadcast(left, right);
    return out.matMul(
        out.broadcast(a, under(batch, last(a, 2))), out.broadcast(b, under(batch, last(b, 2))));
  }

  /** x w^T with w [O, I]; constant factors are the weights of a linear map. */
  private static Value matrixProduct(OperatorCall call, Value x, Value w) {
    TensorEmitter out = call.emit();
    if (out.known(w).isPresent()) {
      return out.linear(x, w, Optional.empty());
    }
    if (out.known(x).isPresent() && x.shape().rank() == 2) { // x w^T = (w x^T)^T
      return lastTwoSwapped(call, out.linear(w, x, Optional.empty()));
    }
    return out.matMul(x, w);
  }

  /**
   * The value's shape with axes of extent 1 before, so that there are {@code axes} leading ones.
   */
  private static Shape padded(int axes, Value value) {
    List<Integer> extents = new ArrayList<>(value.shape().extents());
    while (extents.size() < axes + 2) {
      extents.addFirst(1);
    }
    return new Shape(extents);
  }

  private static Shape leading(Value value) {
    return leading(value, 2);
  }

  /** The value's shape without its last axes. */
  private static Shape leading(Value value, int last) {
    return new Shape(value.shape().extents().subList(0, value.shape().rank() - last));
  }

  private static Shape last(Value value, int axes) {
    int rank = value.shape().rank();
    return new Shape(value.shape().extents().subList(rank - axes, rank));
  }

  private static Shape under(Shape batch, Shape matrix) {
    List<Integer> extents = new ArrayList<>(batch.extents());
    extents.addAll(matrix.extents());
    return new Shape(extents);
  }

  static Value lastTwoSwapped(OperatorCall call, Value value) {
    int rank = value.shape().rank();
    return rank < 2
        ? value
        : call.emit().transpose(value, ViewOperators.swapped(rank, rank - 2, rank - 1));
  }

  private static Value dropLast(OperatorCall call, Value value) {
    List<Integer> extents = value.shape().extents();
    return call.emit().reshape(value, new Shape(extents.subList(0, extents.size() - 1)));
  }
}
