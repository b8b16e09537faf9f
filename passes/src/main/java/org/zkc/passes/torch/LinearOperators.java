package org.zkc.passes.torch;

import java.util.List;
import java.util.Optional;
import org.zkc.ir.Shape;
import org.zkc.ir.Value;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.Tensor;

/** Matrix products with one constant factor: Linear. */
final class LinearOperators {
  static final List<TorchOperator> ALL =
      List.of(
          new TorchOperator(
              "aten.linear", "linear", "constant weight and bias", LinearOperators::linear),
          new TorchOperator("aten.addmm", "linear", "one factor constant", LinearOperators::addmm),
          new TorchOperator(
              "aten.mm", "linear", "one factor constant", c -> c.result(product(c, 0, 1))),
          new TorchOperator(
              "aten.matmul",
              "linear",
              "one factor a constant matrix or vector",
              LinearOperators::matmul),
          new TorchOperator("aten.mv", "linear", "one factor constant", LinearOperators::matmul),
          new TorchOperator("aten.dot", "linear", "one factor constant", LinearOperators::matmul),
          new TorchOperator("aten.vdot", "linear", "one factor constant", LinearOperators::matmul),
          new TorchOperator("aten.outer", "reshape, multiply", LinearOperators::outer),
          new TorchOperator("aten.ger", "reshape, multiply", LinearOperators::outer));

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
    call.knownTensor(1, "weight");
    if (!call.isNone(2)) {
      call.knownTensor(2, "bias");
    }
    Value weight = call.value(1);
    if (weight.shape().rank() == 1) { // a vector: the output axis is dropped
      Value row = call.emit().reshape(weight, Shape.of(1, weight.shape().extent(0)));
      Value bias = call.isNone(2) ? null : call.emit().reshape(call.value(2), Shape.of(1));
      Value out = call.emit().linear(call.value(0), row, Optional.ofNullable(bias));
      return call.result(dropLast(call, out));
    }
    return call.result(call.emit().linear(call.value(0), weight, call.optionalValue(2)));
  }

  /** beta self + alpha (mat1 mat2); a constant vector self is the bias of a linear map. */
  private static TorchValue addmm(OperatorCall call) {
    double beta = call.number(3, 1);
    double alpha = call.number(4, 1);
    boolean isBias =
        beta == 1
            && alpha == 1
            && call.tensor(0) instanceof KnownTensor
            && call.tensor(0).shape().rank() == 1
            && call.tensor(2) instanceof KnownTensor
            && call.tensor(2).shape().rank() == 2
            && call.tensor(0).shape().extent(0) == call.tensor(2).shape().extent(1);
    if (isBias) {
      Value weight = call.emit().transpose(call.value(2), List.of(1, 0));
      return call.result(call.emit().linear(call.value(1), weight, Optional.of(call.value(0))));
    }
    Value product = product(call, 1, 2);
    if (alpha != 1) {
      product = call.emit().multiply(product, call.emit().scalar(alpha));
    }
    Value self = call.value(0);
    if (beta != 1) {
      self = call.emit().multiply(self, call.emit().scalar(beta));
    }
    return call.result(call.emit().add(self, product));
  }

  private static TorchValue matmul(OperatorCall call) {
    Tensor left = call.tensor(0);
    Tensor right = call.tensor(1);
    int leftRank = left.shape().rank();
    int rightRank = right.shape().rank();
    if (leftRank == 0 || rightRank == 0) {
      throw call.refuse("a factor has no axes");
    }
    if (right instanceof KnownTensor && rightRank == 1) {
      Value row = call.emit().reshape(call.value(1), Shape.of(1, right.shape().extent(0)));
      return call.result(dropLast(call, call.emit().linear(call.value(0), row, Optional.empty())));
    }
    if (left instanceof KnownTensor && leftRank == 1) {
      Value row = call.emit().reshape(call.value(0), Shape.of(1, left.shape().extent(0)));
      Value out = call.emit().linear(lastTwoSwapped(call, call.value(1)), row, Optional.empty());
      return call.result(dropLast(call, out));
    }
    if (left instanceof KnownTensor && leftRank == 2 && rightRank == 1) {
      return call.result(call.emit().linear(call.value(1), call.value(0), Optional.empty()));
    }
    return call.result(product(call, 0, 1));
  }

  /** The product of arguments {@code left} and {@code right}, one of which is a constant matrix. */
  private static Value product(OperatorCall call, int left, int right) {
    Tensor a = call.tensor(left);
    Tensor b = call.tensor(right);
    if (b instanceof KnownTensor && b.shape().rank() == 2) {
      Value weight = call.emit().transpose(call.value(right), List.of(1, 0));
      return call.emit().linear(call.value(left), weight, Optional.empty());
    }
    if (a instanceof KnownTensor && a.shape().rank() == 2 && b.shape().rank() >= 2) {
      // A B = (B^T A^T)^T, and Linear multiplies by the transpose of its weight.
      Value out =
          call.emit()
              .linear(lastTwoSwapped(call, call.value(right)), call.value(left), Optional.empty());
      return lastTwoSwapped(call, out);
    }
    throw call.refuse(
        "factors of shapes %s and %s, where one must be a constant matrix"
            .formatted(a.shape(), b.shape()));
  }

  private static Value lastTwoSwapped(OperatorCall call, Value value) {
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
