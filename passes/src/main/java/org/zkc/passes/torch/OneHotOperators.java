package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.passes.torch.TorchValue.Tensor;

/**
 * Writes to one element of every line of an axis, and one-hot rows. An index i below K becomes row
 * i of the identity, a mask for products: K lookups where the index is computed, none where it is
 * an input.
 */
final class OneHotOperators {
  static final List<TorchOperator> ALL =
      List.of(
          new TorchOperator(
              "aten.one_hot", "gather", "with a number of classes", OneHotOperators::oneHot),
          new TorchOperator("aten.scatter", "gather, multiply, add", OneHotOperators::scatter));

  /** Rows of an identity: its square is the size of a parameter where the index is an input. */
  private static final int MOST_ROWS = 1 << 12;

  /** Elements of a constant of zeros and ones, of eight bytes each. */
  static final long MOST_ELEMENTS = 1 << 24;

  private OneHotOperators() {}

  private static int rank(OperatorCall call) {
    return call.tensor(0).shape().rank();
  }

  private static void requireInside(OperatorCall call, Shape self, Shape index, int axis) {
    boolean fits = self.rank() == index.rank() && self.rank() > 0;
    for (int a = 0; fits && a < self.rank(); a++) {
      fits = a == axis || index.extent(a) <= self.extent(a);
    }
    if (!fits) {
      throw call.refuse("indices %s for a tensor %s".formatted(index, self));
    }
  }

  /** (self, num_classes). */
  private static TorchValue oneHot(OperatorCall call) {
    if (call.integer(1) < 1) {
      throw call.refuse("the number of classes depends on the input; give num_classes");
    }
    Value index = call.in(call.tensor(0).dtype(), call.tensor(0));
    return call.result(rowsOfIdentity(call, index, call.extent(1), DType.I64), DType.I64);
  }

  /** (self, dim, index, value or src). */
  private static TorchValue scatter(OperatorCall call) {
    if (call.arguments().size() > 4 && !call.isNone(4)) {
      String reduction =
          switch (call.text(4)) {
            case "add" -> "sum";
            case "multiply" -> "prod";
            default -> throw call.refuse("the reduction '%s'".formatted(call.text(4)));
          };
      return ScatterOperators.scattered(call, Optional.of(reduction), true);
    }
    Tensor self = call.tensor(0);
    int axis = call.axis(1, rank(call));
    Tensor index = call.tensor(2);
    boolean isNumber = !(call.argument(3) instanceof Tensor t && t.shape().rank() > 0);
    requireInside(call, self.shape(), index.shape(), axis);
    int perLine = index.shape().extent(axis);
    boolean isFloating = self.dtype().isFloating();
    boolean isAll = self.shape().with(axis, 1).equals(index.shape().with(axis, 1));
    if (!isAll || perLine != 1 && !(isNumber && isFloating)) {
      return ScatterOperators.scattered(call, Optional.empty(), true);
    }
    Lines lines = new Lines(call, index.shape(), axis);
    DType dtype = isFloating ? DType.F32 : self.dtype();
    TensorEmitter emit = call.emit();
    int rows = self.shape().extent(axis);
    Value chosen = rowsOfIdentity(call, lines.of(index, index.shape()), rows, dtype);
    Value mask =
        perLine == 1
            ? emit.reshape(chosen, Shape.of(lines.count(), rows))
            : emit.clamp(ReductionOperators.mean(call, chosen, List.of(1), false, true), 0, 1);
    Value rest = emit.subtract(call.in(dtype, new TorchValue.Int(1)), mask);
    Value kept = emit.multiply(rest, lines.of(call.in(dtype, self)));
    Value source =
        isNumber
            ? call.in(dtype, call.argument(3))
            : lines.of(cut(call, call.in(dtype, call.tensor(3)), index.shape()));
    Value written = emit.add(kept, emit.multiply(mask, source));
    return call.result(lines.back(written, rows), self.dtype());
  }

  /** The first elements along every axis, as many as the shape has. */
  private static Value cut(OperatorCall call, Value value, Shape shape) {
    Value out = value;
    for (int a = 0; a < shape.rank(); a++) {
      if (shape.extent(a) < out.shape().extent(a)) {
        out = call.emit().slice(out, a, 0, shape.extent(a), 1);
      }
    }
    return out;
  }

  /** Rows of the identity by indices [i...], as [i..., rows]. */
  private static Value rowsOfIdentity(OperatorCall call, Value index, int rows, DType dtype) {
    if (rows > MOST_ROWS) {
      throw call.refuse(
          "indices of an axis of %d; up to %d are supported".formatted(rows, MOST_ROWS));
    }
    if (index.tensorType().dtype().isFloating() || index.tensorType().dtype() == DType.I1) {
      throw call.refuse(
          "indices of type %s; integers are supported"
              .formatted(index.tensorType().dtype().text()));
    }
    long[] identity =
        LongStream.range(0, (long) rows * rows).map(k -> k / rows == k % rows ? 1 : 0).toArray();
    Value table =
        call.emit().integers(TensorData.ofLongs(DType.I64, Shape.of(rows, rows), identity), "");
    Value chosen = call.emit().gather(table, index);
    return dtype == DType.I64 ? chosen : call.emit().cast(chosen, dtype);
  }

  /** A tensor as lines along one axis, [lines, extent]. */
  private record Lines(OperatorCall call, Shape shape, int axis) {
    int count() {
      int count = 1;
      for (int a = 0; a < shape.rank(); a++) {
        count = Math.multiplyExact(count, a == axis ? 1 : shape.extent(a));
      }
      return count;
    }

    private List<Integer> axisLast() {
      List<Integer> out = new ArrayList<>();
      IntStream.range(0, shape.rank()).filter(a -> a != axis).forEach(out::add);
      out.add(axis);
      return out;
    }

    /** Indices, in their own type. */
    Value of(Tensor index, Shape whole) {
      return of(call.emit().reshape(call.in(index.dtype(), index), whole));
    }

    Value of(Value value) {
      Value last = call.emit().transpose(value, axisLast());
      return call.emit().reshape(last, Shape.of(count(), value.shape().extent(axis)));
    }

    /** The tensor whose lines these are; {@code extent} elements each. */
    Value back(Value lines, int extent) {
      List<Integer> order = axisLast();
      List<Integer> extents = new ArrayList<>();
      order.forEach(a -> extents.add(a == axis ? extent : shape.extent(a)));
      List<Integer> inverse = new ArrayList<>();
      IntStream.range(0, shape.rank()).forEach(a -> inverse.add(order.indexOf(a)));
      Value apart = call.emit().reshape(lines, new Shape(extents));
      return call.emit().transpose(apart, inverse);
    }
  }
}
