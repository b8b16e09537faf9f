package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.Value;
import org.zkc.ir.view.Broadcast;
import org.zkc.passes.torch.TorchValue.None;
import org.zkc.passes.torch.TorchValue.Tensor;
import org.zkc.passes.torch.TorchValue.TracedTensor;

/**
 * Writes at indices and masks that depend on the input: {@link LineWrites} of the lines of an axis,
 * or of the axes that several indices name. A write where a mask is true is a choice.
 */
final class ScatterOperators {
  private static final String BECOMES = "gather, window_mean, compare_zero, multiply, matmul, add";

  static final List<TorchOperator> ALL =
      List.of(
          new TorchOperator(
              "aten.scatter_reduce",
              BECOMES + "; max_pool, divide",
              c -> scattered(c, Optional.of(c.text(4)), c.flag(5))),
          new TorchOperator(
              "aten.index_reduce", BECOMES + "; max_pool, divide", ScatterOperators::indexReduce),
          new TorchOperator("aten.index_copy", BECOMES, ScatterOperators::indexCopy),
          new TorchOperator("aten.index_fill", BECOMES, ScatterOperators::indexFill),
          new TorchOperator(
              "aten.index_put",
              BECOMES,
              "by computed masks one value for all of an axis",
              ScatterOperators::indexPut),
          new TorchOperator(
              "aten.masked_scatter",
              "window_mean, gather, multiply, add",
              ScatterOperators::maskedScatter));

  private ScatterOperators() {}

  /** The type in which a tensor is written to: that of floats is f32. */
  private static DType held(Tensor self) {
    return self.dtype().isFloating() ? DType.F32 : self.dtype();
  }

  /**
   * (self, dim, index, src or value, ...) with several indices a line.
   *
   * @param reduction as scatter_reduce names it; empty where elements are replaced
   */
  static TorchValue scattered(OperatorCall call, Optional<String> reduction, boolean includesSelf) {
    Tensor self = call.tensor(0);
    Tensor index = call.tensor(2);
    Shape shape = self.shape();
    int rank = shape.rank();
    int axis = call.axis(1, rank);
    requireIndices(call, index);
    if (rank == 0 || index.shape().rank() != rank) {
      throw call.refuse("indices of shape %s for %s".formatted(index.shape(), shape));
    }
    boolean isNumber = !(call.argument(3) instanceof Tensor t && t.shape().rank() > 0);
    TensorEmitter emit = call.emit();
    DType dtype = held(self);
    Value whole =
        call.in(
            dtype,
            reduction.isPresent()
                ? SeededExtremes.written(call, reduction.get(), includesSelf, axis)
                : self);
    Value part = first(call, whole, index.shape(), axis);
    List<Integer> order = axisLast(rank, axis);
    int count = index.shape().extent(axis);
    int lines = call.narrow(index.shape().elementCount() / Math.max(1, count));
    int places = shape.extent(axis);
    Value at =
        emit.reshape(emit.transpose(call.in(DType.I64, index), order), Shape.of(lines, count));
    Value rows = emit.reshape(emit.transpose(part, order), Shape.of(lines, places, 1));
    Value out;
    if (isNumber && reduction.isEmpty()) {
      out = LineWrites.of(call, rows, at).written(call.in(dtype, call.argument(3)));
    } else {
      Value given =
          isNumber
              ? emit.broadcast(call.in(dtype, call.argument(3)), index.shape())
              : first(call, call.in(dtype, call.tensor(3)), index.shape(), -1);
      Value source = emit.reshape(emit.transpose(given, order), Shape.of(lines, count, 1));
      out =
          reduction.isEmpty()
              ? LineWrites.of(call, rows, at).writtenFrom(source)
              : reduced(call, reduction.get(), includesSelf, rows, at, source, axis);
    }
    List<Integer> extents = new ArrayList<>();
    order.forEach(a -> extents.add(part.shape().extent(a)));
    Value written = emit.transpose(emit.reshape(out, new Shape(extents)), inverse(order));
    return call.result(completed(emit, whole, written), self.dtype());
  }

  private static Value reduced(
      OperatorCall call,
      String reduction,
      boolean includesSelf,
      Value rows,
      Value at,
      Value source,
      int axis) {
    Value lines = SeededExtremes.lines(call, reduction, includesSelf, rows, source, axis);
    boolean isSeeded = lines != rows;
    Value out = LineWrites.of(call, lines, at).reduced(source, reduction, includesSelf || isSeeded);
    return isSeeded && includesSelf ? SeededExtremes.bounded(call, reduction, out) : out;
  }

  private static List<Integer> axisLast(int rank, int axis) {
    List<Integer> out = new ArrayList<>();
    IntStream.range(0, rank).filter(a -> a != axis).forEach(out::add);
    out.add(axis);
    return out;
  }

  private static List<Integer> axisFirst(int rank, int axis) {
    List<Integer> out = new ArrayList<>(List.of(axis));
    IntStream.range(0, rank).filter(a -> a != axis).forEach(out::add);
    return out;
  }

  private static List<Integer> inverse(List<Integer> order) {
    return IntStream.range(0, order.size()).mapToObj(order::indexOf).toList();
  }

  /** The first elements along every axis but one, as many as the indices have. */
  private static Value first(OperatorCall call, Value value, Shape index, int but) {
    Value out = value;
    for (int a = 0; a < index.rank(); a++) {
      if (a != but) {
        if (value.shape().rank() != index.rank() || index.extent(a) > value.shape().extent(a)) {
          throw call.refuse("indices of shape %s for %s".formatted(index, value.shape()));
        }
        out = call.emit().slice(out, a, 0, index.extent(a), 1);
      }
    }
    return out;
  }

  /** A tensor with its first elements along every axis replaced by a part. */
  private static Value completed(TensorEmitter emit, Value whole, Value part) {
    Value out = part;
    for (int axis = 0; axis < part.shape().rank(); axis++) {
      int from = part.shape().extent(axis);
      int extent = whole.shape().extent(axis);
      if (from < extent) {
        Value rest = emit.slice(whole, axis, from, extent, 1);
        for (int later = axis + 1; later < part.shape().rank(); later++) {
          rest = emit.slice(rest, later, 0, part.shape().extent(later), 1);
        }
        out = emit.concatenate(List.of(out, rest), axis);
      }
    }
    return out;
  }

  private static void requireIndices(OperatorCall call, Tensor index) {
    if (index.dtype().isFloating() || index.dtype() == DType.I1) {
      throw call.refuse(
          "indices of type %s; integers are supported".formatted(index.dtype().text()));
    }
  }

  /** Slices of an axis as one line, written to at a list of indices. */
  private record Slices(OperatorCall call, Tensor self, int axis, LineWrites writes) {
    /** (self, dim, index, ...). */
    static Slices of(OperatorCall call) {
      Tensor self = call.tensor(0);
      Tensor index = call.tensor(2);
      requireIndices(call, index);
      int rank = self.shape().rank();
      int axis = call.axis(1, rank);
      if (rank == 0 || index.shape().rank() > 1) {
        throw call.refuse("indices of shape %s for %s".formatted(index.shape(), self.shape()));
      }
      TensorEmitter emit = call.emit();
      int count = call.narrow(index.shape().elementCount());
      Value at = emit.reshape(call.in(DType.I64, index), Shape.of(1, count));
      return new Slices(
          call, self, axis, LineWrites.of(call, lines(call, call.in(held(self), self), axis), at));
    }

    /** The slices of an axis, [1, extent, others]. */
    private static Value lines(OperatorCall call, Value value, int axis) {
      Value first = call.emit().transpose(value, axisFirst(value.shape().rank(), axis));
      int extent = value.shape().extent(axis);
      int width = call.narrow(value.shape().elementCount() / Math.max(1, extent));
      return call.emit().reshape(first, Shape.of(1, extent, width));
    }

    /** Argument 3, a tensor with a slice for each index. */
    Value source() {
      Tensor given = call.tensor(3);
      int count = call.narrow(call.tensor(2).shape().elementCount());
      Shape wanted = self.shape().with(axis, count);
      if (!given.shape().equals(wanted)) {
        throw call.refuse(
            "a source of shape %s where %s is needed".formatted(given.shape(), wanted));
      }
      return lines(call, call.in(held(self), given), axis);
    }

    TorchValue back(Value lines) {
      List<Integer> order = axisFirst(self.shape().rank(), axis);
      List<Integer> extents = new ArrayList<>();
      order.forEach(a -> extents.add(self.shape().extent(a)));
      Value apart = call.emit().reshape(lines, new Shape(extents));
      return call.result(call.emit().transpose(apart, inverse(order)), self.dtype());
    }
  }

  /** (self, dim, index, source). */
  private static TorchValue indexCopy(OperatorCall call) {
    Slices slices = Slices.of(call);
    return slices.back(slices.writes().writtenFrom(slices.source()));
  }

  /** (self, dim, index, source, alpha) of integers. */
  static TorchValue indexAdd(OperatorCall call) {
    Slices slices = Slices.of(call);
    DType dtype = held(slices.self());
    Value alpha = call.in(dtype, call.isNone(4) ? new TorchValue.Int(1) : call.argument(4));
    return slices.back(slices.writes().added(call.emit().multiply(slices.source(), alpha)));
  }

  /** (self, dim, index, value). */
  private static TorchValue indexFill(OperatorCall call) {
    Slices slices = Slices.of(call);
    Value number = call.in(held(slices.self()), call.argument(3));
    return slices.back(slices.writes().written(number));
  }

  /** (self, dim, index, source, reduce, include_self). */
  private static TorchValue indexReduce(OperatorCall call) {
    Slices slices = Slices.of(SeededExtremes.of(call));
    return slices.back(slices.writes().reduced(slices.source(), call.text(4), call.flag(5)));
  }

  /** (self, indices, values, accumulate). */
  private static TorchValue indexPut(OperatorCall call) {
    List<TorchValue> indices = call.elements(1);
    List<TorchValue> given = indices.stream().filter(i -> !(i instanceof None)).toList();
    if (given.size() == 1
        && given.getFirst() instanceof TracedTensor mask
        && mask.dtype() == DType.I1) {
      return masked(call, mask, indices.indexOf(mask));
    }
    Tensor self = call.tensor(0);
    DType dtype = held(self);
    return IndexedPoints.of(call, self, indices)
        .written(
            call.in(dtype, call.argument(2)),
            (writes, source) ->
                call.flag(3)
                    ? writes.added(source)
                    : isNumber(call.argument(2))
                        ? writes.written(
                            call.emit().reshape(call.in(dtype, call.argument(2)), Shape.of()))
                        : writes.writtenFrom(source));
  }

  private static boolean isNumber(TorchValue value) {
    return !(value instanceof Tensor t) || t.shape().elementCount() == 1;
  }

  /** The value where a computed mask over axes from {@code first} on is true. */
  private static TorchValue masked(OperatorCall call, TracedTensor mask, int first) {
    Tensor self = call.tensor(0);
    Positions.requireMask(call, self.shape(), first, mask.shape());
    int end = first + mask.shape().rank();
    Tensor values = call.tensor(2);
    int own = self.shape().rank() - end;
    if (values.shape().elementCount() != 1 && (values.shape().rank() > own || first > 0)) {
      throw call.refuse(
          "an element for each one that is chosen by a computed mask; masked_scatter writes those");
    }
    List<Integer> extents = new ArrayList<>(mask.shape().extents());
    IntStream.range(0, own).forEach(k -> extents.add(1));
    Tensor wide =
        call.result(call.emit().reshape(call.in(DType.I1, mask), new Shape(extents)), DType.I1);
    TorchValue written = values;
    if (call.flag(3)) {
      DType dtype = held(self);
      Value sum = call.emit().add(call.in(dtype, self), call.in(dtype, values));
      written = call.result(sum, self.dtype());
    }
    return SelectionOperators.chosen(call, wide, written, self, self.dtype());
  }

  /**
   * (self, mask, source): the n-th element that the mask chooses is the n-th of the source; one
   * that the source lacks has no index in it.
   */
  private static TorchValue maskedScatter(OperatorCall call) {
    Tensor self = call.tensor(0);
    TensorEmitter emit = call.emit();
    Value mask = call.in(DType.I1, LogicOperators.truth(call, call.argument(1)));
    // A mask that is repeated along the last axes chooses whole rows.
    int width = 1;
    if (emit.definition(mask).orElse(null) instanceof Broadcast b
        && b.input().shape().rank() == self.shape().rank()
        && mask.shape().equals(self.shape())) {
      Shape own = b.input().shape();
      for (int a = own.rank() - 1; a >= 0 && own.extent(a) == 1; a--) {
        width *= mask.shape().extent(a);
      }
    }
    Tensor source = call.tensor(2);
    long elements = source.shape().elementCount();
    if (elements % width != 0) {
      width = 1;
    }
    int count = call.narrow(self.shape().elementCount() / width);
    Value all = emit.reshape(emit.broadcast(mask, self.shape()), Shape.of(count, width));
    Value line = emit.cast(emit.slice(all, 1, 0, 1, 1), DType.I64);
    Value ends =
        emit.windowMean(
            line,
            0,
            IntStream.range(0, count).map(k -> 0).boxed().toList(),
            IntStream.rangeClosed(1, count).boxed().toList(),
            IntStream.range(0, count).map(k -> 1).boxed().toList());
    Value places =
        emit.multiply(emit.subtract(ends, call.in(DType.I64, new TorchValue.Int(1))), line);
    DType dtype = held(self);
    Value rows =
        emit.reshape(call.in(dtype, source), Shape.of(call.narrow(elements / width), width));
    Value found = emit.gather(rows, emit.reshape(places, Shape.of(count)));
    return SelectionOperators.chosen(
        call,
        call.result(mask, DType.I1),
        call.result(emit.reshape(found, self.shape()), self.dtype()),
        self,
        self.dtype());
  }
}
