package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.List;
import org.zkc.ir.Shape;
import org.zkc.ir.Value;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.Tensor;
import org.zkc.passes.torch.TorchValue.TracedTensor;

/**
 * Tensors with a part replaced, which is what assignments to a part ({@code y[:, 0] = v}) become
 * when the reader makes them functional: Slice and Concatenate.
 */
final class WriteOperators {
  static final List<TorchOperator> ALL =
      List.of(
          new TorchOperator("aten.fill", "broadcast", c -> written(c, c.tensor(0), 1)),
          new TorchOperator("aten.zero", "host", WriteOperators::zero),
          new TorchOperator(
              "aten.slice_scatter",
              "slice, concatenate",
              "assignment to a slice",
              WriteOperators::sliceScatter),
          new TorchOperator(
              "aten.select_scatter",
              "slice, reshape, concatenate",
              "assignment to an index",
              WriteOperators::selectScatter));

  private WriteOperators() {}

  /** Argument {@code source}, a tensor or number, as all elements of a tensor like {@code self}. */
  static TorchValue written(OperatorCall call, Tensor self, int source) {
    if (call.argument(source) instanceof TracedTensor t) {
      return call.result(
          call.emit().broadcast(call.in(self.dtype(), t), self.shape()), self.dtype());
    }
    return new KnownTensor(
        HostTensors.broadcast(
            HostTensors.cast(ArithmeticOperators.data(call, source), self.dtype()), self.shape()),
        "");
  }

  private static TorchValue zero(OperatorCall call) {
    Tensor self = call.tensor(0);
    return new KnownTensor(
        HostTensors.broadcast(HostTensors.cast(HostTensors.scalar(0), self.dtype()), self.shape()),
        "");
  }

  /** (self, src, dim, start, end, step). */
  private static TorchValue sliceScatter(OperatorCall call) {
    Shape shape = call.tensor(0).shape();
    int axis = call.axis(2, shape.rank());
    int extent = IndexOperators.extent(call, shape, axis);
    int start = IndexOperators.bound(call.integer(3, 0), extent);
    int end = Math.max(start, IndexOperators.bound(call.integer(4, Long.MAX_VALUE), extent));
    long step = call.integer(5, 1);
    if (step < 1) {
      throw call.refuse("step %d is not positive".formatted(step));
    }
    int stride = (int) Math.min(step, Math.max(extent, 1));
    int count = Math.ceilDiv(end - start, stride);
    return scattered(call, axis, start, count, stride, shape.with(axis, count));
  }

  /** (self, src, dim, index). */
  private static TorchValue selectScatter(OperatorCall call) {
    Shape shape = call.tensor(0).shape();
    int axis = call.axis(2, shape.rank());
    int extent = IndexOperators.extent(call, shape, axis);
    long index = call.integer(3);
    long at = index < 0 ? index + extent : index;
    if (at < 0 || at >= extent) {
      throw call.refuse("index %d of an axis of %d".formatted(index, extent));
    }
    List<Integer> part = new ArrayList<>(shape.extents());
    part.subList(axis, axis + 1).clear();
    return scattered(call, axis, (int) at, 1, 1, new Shape(part));
  }

  /**
   * Argument 0 with the elements {@code start + j stride}, j below {@code count}, of one axis taken
   * from argument 1, which must have the shape {@code part}.
   */
  private static TorchValue scattered(
      OperatorCall call, int axis, int start, int count, int stride, Shape part) {
    Tensor self = call.tensor(0);
    Tensor source = call.tensor(1);
    if (!source.shape().equals(part)) {
      throw call.refuse("a tensor of shape %s where %s is needed".formatted(source.shape(), part));
    }
    TensorEmitter emit = call.emit();
    boolean known = self instanceof KnownTensor && source instanceof KnownTensor;
    Value whole = known ? call.held(self) : call.in(self.dtype(), self);
    Value taken =
        source instanceof KnownTensor k && known
            ? call.held(new KnownTensor(HostTensors.cast(k.data(), self.dtype()), ""))
            : call.in(self.dtype(), source);
    Value values = emit.reshape(taken, self.shape().with(axis, count));
    List<Value> parts = new ArrayList<>();
    parts.add(emit.slice(whole, axis, 0, Math.min(start, self.shape().extent(axis)), 1));
    parts.add(
        stride == 1 || count <= 1 ? values : interleaved(emit, whole, values, axis, start, stride));
    int end = count == 0 ? start : start + (count - 1) * stride + 1;
    parts.add(emit.slice(whole, axis, end, self.shape().extent(axis), 1));
    return call.result(emit.concatenate(parts, axis), self.dtype());
  }

  /**
   * Elements {@code start} to {@code start + (count - 1) stride} inclusive: each written one but
   * the last is followed by the {@code stride - 1} elements of {@code whole} after it.
   */
  private static Value interleaved(
      TensorEmitter emit, Value whole, Value values, int axis, int start, int stride) {
    int groups = values.shape().extent(axis) - 1;
    Value old = emit.slice(whole, axis, start, start + groups * stride, 1);
    Value kept =
        emit.slice(emit.reshape(old, split(old, axis, groups, stride)), axis + 1, 1, stride, 1);
    Value first = emit.slice(values, axis, 0, groups, 1);
    Value grouped = emit.reshape(first, split(first, axis, groups, 1));
    Value joined = emit.concatenate(List.of(grouped, kept), axis + 1);
    Value flat = emit.reshape(joined, old.shape());
    return emit.concatenate(List.of(flat, emit.slice(values, axis, groups, groups + 1, 1)), axis);
  }

  /** The shape of {@code value} with one axis as two. */
  private static Shape split(Value value, int axis, int outer, int inner) {
    List<Integer> extents = new ArrayList<>(value.shape().extents());
    extents.set(axis, outer);
    extents.add(axis + 1, inner);
    return new Shape(extents);
  }
}
