package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.List;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.TopIndices;
import org.zkc.ir.tensor.TopValues;
import org.zkc.passes.torch.TorchValue.Tensor;
import org.zkc.passes.torch.TorchValue.TracedTensor;
import org.zkc.passes.torch.TorchValue.Tuple;

/**
 * Indices of the largest and smallest elements along an axis, and elements in order. The smallest
 * are the largest of the negated elements. Among equal elements the lowest index counts, as on
 * PyTorch's CPU for an argmax; PyTorch does not specify the order of equal elements in topk and
 * sort.
 */
final class OrderOperators {
  static final List<TorchOperator> ALL =
      List.of(
          position("argmax", true),
          position("argmin", false),
          new TorchOperator(
              "aten.topk",
              "top_values, top_indices",
              "",
              c -> LinesOfScalars.along(c, OrderOperators::topK)),
          new TorchOperator(
              "aten.sort",
              "top_values, top_indices",
              "along an axis",
              c -> LinesOfScalars.along(c, OrderOperators::sort)),
          new TorchOperator(
              "aten.argsort", "top_indices", "along an axis", OrderOperators::argsort),
          new TorchOperator(
              "aten.median", "top_values, top_indices, slice", OrderOperators::median));

  private OrderOperators() {}

  /** (self, dim, keepdim); over the flattened tensor where dim is None. */
  private static TorchOperator position(String name, boolean largest) {
    return new TorchOperator(
        "aten." + name,
        "top_indices",
        "",
        call -> {
          Value x = signed(call, tracedFirst(call), largest);
          if (call.isNone(1)) {
            int count = call.narrow(x.shape().elementCount());
            Value flat = call.emit().reshape(x, Shape.of(count));
            Value index = top(call, flat, 0, 1, true);
            return call.result(call.emit().reshape(index, Shape.of()), DType.I64);
          }
          int axis = call.axis(1, x.shape().rank());
          return indices(call, x, axis, call.flag(2));
        });
  }

  private static TracedTensor tracedFirst(OperatorCall call) {
    if (call.argument(0) instanceof TracedTensor t) {
      return t;
    }
    throw call.unsupported();
  }

  /** (self, k, dim, largest, sorted). */
  static TorchValue topK(OperatorCall call) {
    Tensor x = tracedFirst(call);
    int rank = x.shape().rank();
    int axis = call.isNone(2) ? rank - 1 : call.axis(2, rank);
    boolean largest = call.isNone(3) || call.flag(3);
    return ordered(call, (TracedTensor) x, axis, call.extent(1), largest);
  }

  /** (self, dim, descending), or with whether it is stable before dim. */
  static TorchValue sort(OperatorCall call) {
    int at = call.overload().startsWith("stable") ? 2 : 1;
    TracedTensor x = tracedFirst(call);
    int axis = call.isNone(at) ? x.shape().rank() - 1 : call.axis(at, x.shape().rank());
    return ordered(call, x, axis, x.shape().extent(axis), call.flag(at + 1));
  }

  private static TorchValue argsort(OperatorCall call) {
    return ((Tuple) sort(call)).elements().get(1);
  }

  /** (self), of the flat tensor, or (self, dim, keepdim): the lower of two in the middle. */
  private static TorchValue median(OperatorCall call) {
    TracedTensor x = tracedFirst(call);
    if (call.arguments().size() > 1) {
      return LinesOfScalars.along(call, OrderOperators::medianAlongAxis);
    }
    int count = call.narrow(x.shape().elementCount());
    Tensor flat = call.result(call.emit().reshape(x.value(), Shape.of(count)), x.dtype());
    Tuple found = (Tuple) nth(call, (TracedTensor) flat, 0, (count + 1) / 2, false);
    return found.elements().getFirst();
  }

  private static TorchValue medianAlongAxis(OperatorCall call) {
    TracedTensor x = tracedFirst(call);
    int axis = call.axis(1, x.shape().rank());
    return nth(call, x, axis, (x.shape().extent(axis) + 1) / 2, call.flag(2));
  }

  /** The n-th smallest elements along an axis, from 1, and their indices. */
  private static TorchValue nth(OperatorCall call, TracedTensor x, int axis, int n, boolean keep) {
    Tuple smallest = (Tuple) ordered(call, x, axis, n, false);
    List<TorchValue> last = new ArrayList<>();
    for (TorchValue each : smallest.elements()) {
      TracedTensor all = (TracedTensor) each;
      Value slice = call.emit().slice(all.value(), axis, n - 1, n, 1);
      last.add(call.result(dropped(call, slice, axis, keep), all.dtype()));
    }
    return new Tuple(last);
  }

  private static TorchValue ordered(
      OperatorCall call, TracedTensor x, int axis, int k, boolean largest) {
    if (k < 1 || k > x.shape().extent(axis)) {
      throw call.refuse("%d elements of an axis of %d".formatted(k, x.shape().extent(axis)));
    }
    Value numbers = signed(call, x, largest);
    Value values = restored(call, top(call, numbers, axis, k, false), largest);
    return new Tuple(
        List.of(
            call.result(
                x.dtype().isFloating() ? values : call.emit().cast(values, x.dtype()), x.dtype()),
            call.result(top(call, numbers, axis, k, true), DType.I64)));
  }

  /** The elements, negated where the smallest count; booleans as integers. */
  private static Value signed(OperatorCall call, TracedTensor x, boolean largest) {
    return restored(call, call.in(ReductionOperators.exactType(x.dtype()), x), largest);
  }

  private static Value restored(OperatorCall call, Value value, boolean largest) {
    DType dtype = value.tensorType().dtype();
    return largest ? value : call.emit().multiply(value, call.in(dtype, new TorchValue.Int(-1)));
  }

  private static Value top(OperatorCall call, Value x, int axis, int k, boolean indices) {
    return call.emit()
        .op(r ->
            indices
                ? new TopIndices(r, x, axis, k, call.location())
                : new TopValues(r, x, axis, k, call.location()));
  }

  /** The indices of the largest, or smallest, elements of a call of (self, dim, keepdim). */
  static TorchValue indices(OperatorCall call, boolean largest) {
    Value x = signed(call, tracedFirst(call), largest);
    return indices(call, x, call.axis(1, x.shape().rank()), call.flag(2));
  }

  /** The indices of the largest elements along an axis. */
  private static TorchValue indices(OperatorCall call, Value x, int axis, boolean keep) {
    return call.result(dropped(call, top(call, x, axis, 1, true), axis, keep), DType.I64);
  }

  private static Value dropped(OperatorCall call, Value value, int axis, boolean keep) {
    List<Integer> extents = new ArrayList<>(value.shape().extents());
    if (!keep) {
      extents.remove(axis);
    }
    return call.emit().reshape(value, new Shape(extents));
  }
}
