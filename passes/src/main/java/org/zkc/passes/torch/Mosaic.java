package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.Tensor;

/**
 * A tensor put together from elements of others at known positions: {@code source[i]} says from
 * which the i-th element comes, {@code at[i]} from which row-major position there. Constant where
 * all sources are, else picks along one axis where the sources differ along one only, else picks
 * along the line of all elements.
 */
record Mosaic(Shape shape, List<Tensor> sources, int[] source, int[] at) {
  private static final int MOST_SLICES = 1 << 10;

  /** A tensor with the elements of {@code values} in place of its own at these positions. */
  static Mosaic written(Tensor self, Positions positions, Tensor values) {
    int[] source = new int[Math.toIntExact(self.shape().elementCount())];
    int[] at = Positions.identity(self.shape()).at();
    boolean one = values.shape().elementCount() == 1;
    for (int i = 0; i < positions.at().length; i++) {
      source[positions.at()[i]] = 1;
      at[positions.at()[i]] = i;
    }
    if (one && values instanceof KnownTensor k) {
      // The same number everywhere: a tensor like self keeps every element at its place.
      for (int i = 0; i < at.length; i++) {
        at[i] = i;
      }
      TensorData single = k.data().reshape(Shape.of());
      KnownTensor full = new KnownTensor(HostTensors.broadcast(single, self.shape()), "");
      return new Mosaic(self.shape(), List.of(self, full), source, at);
    }
    return new Mosaic(self.shape(), List.of(self, values), source, at);
  }

  /** The elements of one tensor at some positions. */
  static Mosaic selected(Tensor self, Positions positions) {
    return new Mosaic(
        positions.shape(), List.of(self), new int[positions.at().length], positions.at());
  }

  /** The tensor, with this element type. */
  TorchValue build(OperatorCall call, DType type) {
    if (sources.stream().allMatch(KnownTensor.class::isInstance)) {
      return new KnownTensor(known(type), "");
    }
    if (shape.elementCount() == 0) {
      return new KnownTensor(HostTensors.cast(TensorData.ofFloats(shape, new float[0]), type), "");
    }
    TensorEmitter emit = call.emit();
    for (int axis = 0; axis < shape.rank(); axis++) {
      int[] picked = alongAxis(axis);
      if (picked.length > 0) {
        List<Value> parts = sources.stream().map(s -> call.in(type, s)).toList();
        Value joined = emit.concatenate(parts, axis);
        return call.result(picked(call, joined, axis, picked, type), type);
      }
    }
    List<Value> lines = new ArrayList<>();
    int[] starts = new int[sources.size()];
    int length = 0;
    for (int s = 0; s < sources.size(); s++) {
      int count = Math.toIntExact(sources.get(s).shape().elementCount());
      starts[s] = length;
      length += count;
      if (count > 0) {
        lines.add(emit.reshape(call.in(type, sources.get(s)), Shape.of(count)));
      }
    }
    int[] picked = new int[at.length];
    Arrays.setAll(picked, i -> starts[source[i]] + at[i]);
    Value line = picked(call, emit.concatenate(lines, 0), 0, picked, type);
    return call.result(emit.reshape(line, shape), type);
  }

  /** Picks along an axis; of integers, which have no means, as slices side by side. */
  private static Value picked(OperatorCall call, Value joined, int axis, int[] picked, DType type) {
    if (type.isFloating()) {
      return Picks.along(call.emit(), joined, axis, picked);
    }
    List<Value> slices = new ArrayList<>();
    for (int from = 0; from < picked.length; ) {
      int to = from + 1;
      while (to < picked.length && picked[to] == picked[to - 1] + 1) {
        to++;
      }
      slices.add(call.emit().slice(joined, axis, picked[from], picked[to - 1] + 1, 1));
      from = to;
      if (slices.size() > MOST_SLICES) {
        throw call.refuse("integers in more than %d runs".formatted(MOST_SLICES));
      }
    }
    return call.emit().concatenate(slices, axis);
  }

  private TensorData known(DType type) {
    DType wide = type.isFloating() ? DType.F64 : DType.I64;
    List<TensorData> all =
        sources.stream().map(s -> HostTensors.cast(((KnownTensor) s).data(), type)).toList();
    if (wide == DType.F64) {
      double[] out = new double[at.length];
      Arrays.setAll(out, i -> all.get(source[i]).getDouble(at[i]));
      return HostTensors.cast(TensorData.ofDoubles(shape, out), type);
    }
    long[] out = new long[at.length];
    Arrays.setAll(out, i -> all.get(source[i]).getLong(at[i]));
    return TensorData.ofLongs(type, shape, out);
  }

  /**
   * For each place on the axis the place in the sources joined along it, or nothing where elements
   * come from other places of other axes too.
   */
  private int[] alongAxis(int axis) {
    int[] starts = new int[sources.size()];
    int joined = 0;
    for (int s = 0; s < sources.size(); s++) {
      Shape own = sources.get(s).shape();
      if (own.rank() != shape.rank() || !own.with(axis, 1).equals(shape.with(axis, 1))) {
        return new int[0];
      }
      starts[s] = joined;
      joined += own.extent(axis);
    }
    int extent = shape.extent(axis);
    int inner = Math.toIntExact(shape.strides()[axis]);
    int[] picked = new int[extent];
    Arrays.fill(picked, -1);
    for (int i = 0; i < at.length; i++) {
      int place = i / inner % extent;
      int other = sources.get(source[i]).shape().extent(axis);
      int there = at[i] / inner % other;
      boolean aligned = at[i] % inner == i % inner && at[i] / inner / other == i / inner / extent;
      int found = starts[source[i]] + there;
      if (!aligned || (picked[place] >= 0 && picked[place] != found)) {
        return new int[0];
      }
      picked[place] = found;
    }
    return picked;
  }
}
