package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.None;
import org.zkc.passes.torch.TorchValue.Tensor;
import org.zkc.passes.torch.TorchValue.TracedTensor;

/**
 * Elements by lists of indices along one axis: Gather where the indices are those of the input, and
 * views where they are known.
 */
final class GatherOperators {
  static final List<TorchOperator> ALL =
      List.of(
          new TorchOperator(
              "aten.embedding",
              "gather",
              "indices of the input, known, or computed inside the axis by their range",
              c -> selected(c, c.tensor(0), 0, c.tensor(1))),
          new TorchOperator(
              "aten.embedding_renorm",
              "constant",
              "max_norm of an embedding: all rows are scaled, as if each had been looked up once",
              GatherOperators::renorm),
          new TorchOperator(
              "aten.index", "gather", "integers, and masks that are known", GatherOperators::index),
          new TorchOperator(
              "aten.index_select",
              "gather",
              "indices of the input, known, or computed inside the axis by their range",
              c -> selected(c, c.tensor(0), c.axis(1, c.tensor(0).shape().rank()), c.tensor(2))));

  /** Runs of neighbouring indices that one gather by known indices may have. */
  private static final int MOST_RUNS = 1 << 10;

  private GatherOperators() {}

  /** (self, indices, max_norm, norm_type); the sum with 1e-7 is PyTorch's. */
  private static TorchValue renorm(OperatorCall call) {
    KnownTensor table = call.knownTensor(0, "the embedding's weight");
    double most = call.number(2);
    double order = call.number(3);
    if (!(order > 0)) {
      throw call.refuse("norms of order %s; an order above 0 is supported".formatted(order));
    }
    int width = table.shape().extent(1);
    double[] elements = table.data().toDoubles();
    for (int row = 0; row < elements.length; row += width) {
      double norm = norm(elements, row, width, order);
      for (int k = row; k < row + width && norm > most; k++) {
        elements[k] *= most / (norm + 1e-7);
      }
    }
    TensorData scaled = TensorData.ofDoubles(table.shape(), elements);
    return new KnownTensor(HostTensors.cast(scaled, table.dtype()), "");
  }

  private static double norm(double[] elements, int first, int count, double order) {
    double largest = 0;
    double sum = 0;
    for (int k = first; k < first + count; k++) {
      double size = Math.abs(elements[k]);
      largest = Math.max(largest, size);
      sum += order == 2 ? size * size : StrictMath.pow(size, order);
    }
    return Double.isInfinite(order)
        ? largest
        : order == 2 ? Math.sqrt(sum) : StrictMath.pow(sum, 1 / order);
  }

  /** (self, indices), one for each of the first axes; None takes all of an axis. */
  private static TorchValue index(OperatorCall call) {
    List<TorchValue> indices = call.elements(1);
    List<Integer> axes =
        IntStream.range(0, indices.size())
            .filter(axis -> !(indices.get(axis) instanceof None))
            .boxed()
            .toList();
    Tensor self = call.tensor(0);
    if (axes.size() == 1
        && indices.get(axes.getFirst()) instanceof TracedTensor index
        && index.dtype() != DType.I1
        && !index.dtype().isFloating()) {
      int axis = axes.getFirst();
      int extent = IndexOperators.extent(call, self.shape(), axis);
      return byInput(call, self, axis, IndexedPoints.wrapped(call, index, extent));
    }
    return IndexedPoints.of(call, self, indices).read();
  }

  /** The elements of one axis that the indices name; their axes take its place. */
  private static TorchValue selected(OperatorCall call, Tensor table, int axis, Tensor index) {
    if (index.dtype().isFloating() || index.dtype() == DType.I1) {
      throw call.refuse(
          "indices of type %s; integers are supported (an input's type stands behind its shape, as in --input-shape 1x16:i64)"
              .formatted(index.dtype().text()));
    }
    int extent = IndexOperators.extent(call, table.shape(), axis);
    return switch (index) {
      case KnownTensor k -> byKnown(call, table, axis, extent, k.data());
      case TracedTensor t -> byInput(call, table, axis, t.value());
    };
  }

  private static TorchValue byInput(OperatorCall call, Tensor table, int axis, Value index) {
    int rank = table.shape().rank();
    List<Integer> first = new ArrayList<>(List.of(axis));
    IntStream.range(0, rank).filter(a -> a != axis).forEach(first::add);
    boolean integers = !table.dtype().isFloating();
    Value rows = integers ? call.in(table.dtype(), table) : call.value(table);
    Value gathered = call.emit().gather(call.emit().transpose(rows, first), index);
    // The axes of the indices come first, then the others; they belong where the axis was.
    int own = index.shape().rank();
    List<Integer> back = new ArrayList<>();
    IntStream.range(own, own + axis).forEach(back::add);
    IntStream.range(0, own).forEach(back::add);
    IntStream.range(own + axis, own + rank - 1).forEach(back::add);
    return call.result(call.emit().transpose(gathered, back), table.dtype());
  }

  /** Slices of runs of neighbouring indices, one after the other. */
  private static TorchValue byKnown(
      OperatorCall call, Tensor table, int axis, int extent, TensorData index) {
    int count = call.narrow(index.elementCount());
    int[] at = new int[count];
    for (int k = 0; k < count; k++) {
      long i = index.getLong(k);
      if (i < -extent || i >= extent) {
        throw call.refuse("index %d of an axis of %d".formatted(i, extent));
      }
      at[k] = (int) (i < 0 ? i + extent : i);
    }
    List<Integer> extents = new ArrayList<>(table.shape().extents().subList(0, axis));
    extents.addAll(index.shape().extents());
    extents.addAll(table.shape().extents().subList(axis + 1, table.shape().rank()));
    Shape shape = new Shape(extents);
    if (table instanceof KnownTensor k) {
      return new KnownTensor(HostTensors.select(k.data(), axis, at).reshape(shape), "");
    }
    Value whole = call.held(table);
    List<Value> parts = new ArrayList<>();
    for (int from = 0; from < count; ) {
      int to = from + 1;
      while (to < count && at[to] == at[to - 1] + 1) {
        to++;
      }
      parts.add(call.emit().slice(whole, axis, at[from], at[to - 1] + 1, 1));
      from = to;
    }
    if (parts.isEmpty() || parts.size() > MOST_RUNS) {
      throw call.refuse(
          "%d runs of indices; from 1 to %d are supported".formatted(parts.size(), MOST_RUNS));
    }
    Value joined = parts.size() == 1 ? parts.getFirst() : call.emit().concatenate(parts, axis);
    return call.result(call.emit().reshape(joined, shape), table.dtype());
  }
}
