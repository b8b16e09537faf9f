package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.Shapes;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.view.Broadcast;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.Tensor;

/**
 * Elements along one axis, each by an index of its own: Gather of the lines of the axis, or
 * products with the rows of a unit matrix that the indices name, where there are many lines.
 */
final class ElementOperators {
  private static final String RANGE = "computed indices inside the axis by their range";

  static final List<TorchOperator> ALL =
      List.of(
          new TorchOperator(
              "aten.gather",
              "gather",
              RANGE,
              c -> gathered(c, c.tensor(0), c.axis(1, c.tensor(0).shape().rank()), c.tensor(2))),
          new TorchOperator(
              "aten.take_along_dim",
              "gather",
              "indices not negative; " + RANGE,
              ElementOperators::takeAlong),
          new TorchOperator(
              "aten.scatter_add",
              "gather, matmul, add",
              RANGE,
              c ->
                  !c.tensor(0).dtype().isFloating()
                      ? ScatterOperators.scattered(c, Optional.of("sum"), true)
                      : c.result(
                          c.emit()
                              .add(
                                  c.value(0),
                                  scattered(
                                      c,
                                      c.value(0).shape(),
                                      c.axis(1, c.value(0).shape().rank()),
                                      c.tensor(2),
                                      c.value(3))))),
          new TorchOperator("aten.take", "gather", RANGE, ElementOperators::take),
          new TorchOperator(
              "aten.index_add", "gather, matmul, add", RANGE, ElementOperators::indexAdd));

  /** Lines of an axis that are gathered one by one. */
  private static final int MOST_LINES = 16;

  private ElementOperators() {}

  /** (self, indices, dim): the other axes are broadcast; of the flattened tensors where no dim. */
  private static TorchValue takeAlong(OperatorCall call) {
    Tensor x = call.tensor(0);
    Tensor index = call.tensor(1);
    TensorEmitter emit = call.emit();
    if (call.isNone(2)) {
      return gathered(call, flat(call, x), 0, flat(call, index));
    }
    int axis = call.axis(2, x.shape().rank());
    Shape shape = x.shape();
    Shape common = Shapes.broadcast(shape.with(axis, 1), index.shape().with(axis, 1));
    Shape wide = common.with(axis, shape.extent(axis));
    Tensor table = call.result(emit.broadcast(held(call, x), wide), x.dtype());
    Shape asked = common.with(axis, index.shape().extent(axis));
    Tensor places = call.result(emit.broadcast(call.in(DType.I64, index), asked), DType.I64);
    return gathered(call, table, axis, places);
  }

  /** (self, index): elements of the flat tensor. */
  private static TorchValue take(OperatorCall call) {
    Tensor index = call.tensor(1);
    Tensor x = flat(call, call.tensor(0));
    Tensor found = call.tensorOf(gathered(call, x, 0, flat(call, index)));
    return call.result(call.emit().reshape(held(call, found), index.shape()), x.dtype());
  }

  private static Tensor flat(OperatorCall call, Tensor x) {
    int count = call.narrow(x.shape().elementCount());
    return call.result(call.emit().reshape(held(call, x), Shape.of(count)), x.dtype());
  }

  private static Value held(OperatorCall call, Tensor tensor) {
    return tensor.dtype().isFloating() ? call.value(tensor) : call.in(tensor.dtype(), tensor);
  }

  /** The element of each line along the axis that the index at its place names. */
  private static TorchValue gathered(OperatorCall call, Tensor x, int axis, Tensor index) {
    requireIndices(call, index);
    if (x.shape().rank() != index.shape().rank()) {
      throw call.refuse(
          "indices of %d axes for %d".formatted(index.shape().rank(), x.shape().rank()));
    }
    if (x.shape().rank() == 0) {
      throw call.refuse("the tensor has no axes");
    }
    TensorEmitter emit = call.emit();
    if (index instanceof KnownTensor k) {
      return byKnown(call, x, axis, k.data());
    }
    Value table = held(call, x);
    Shape asked = index.shape();
    int rank = asked.rank();
    for (int a = 0; a < rank; a++) {
      if (a != axis) {
        if (asked.extent(a) > table.shape().extent(a)) {
          throw call.refuse("indices of shape %s for %s".formatted(asked, x.shape()));
        }
        table = emit.slice(table, a, 0, asked.extent(a), 1);
      }
    }
    Value places = call.in(DType.I64, index);
    // Axes along which the indices are repeated are part of the rows that they name.
    Shape own =
        emit.definition(places).orElse(null) instanceof Broadcast b
                && b.input().shape().rank() == rank
            ? b.input().shape()
            : asked;
    if (own.extent(axis) != asked.extent(axis)) {
      own = asked;
    }
    if (own != asked && emit.definition(places).orElse(null) instanceof Broadcast b) {
      places = b.input();
    }
    List<Integer> order = new ArrayList<>(List.of(axis));
    List<Integer> whole = new ArrayList<>();
    int lines = 1;
    for (int a = 0; a < rank; a++) {
      if (a != axis) {
        boolean isRepeated = own.extent(a) != asked.extent(a);
        (isRepeated ? whole : order).add(a);
        lines *= isRepeated ? 1 : asked.extent(a);
      }
    }
    int count = asked.extent(axis);
    List<Integer> placesOrder = new ArrayList<>(order);
    placesOrder.addAll(whole);
    order.addAll(whole);
    int width = (int) (asked.elementCount() / Math.max(1, (long) count * lines));
    int extent = table.shape().extent(axis);
    Value rows = emit.reshape(emit.transpose(table, order), Shape.of(extent, lines, width));
    Value at = emit.reshape(emit.transpose(places, placesOrder), Shape.of(count, lines));
    Value found = lines(call, rows, at);
    List<Integer> extents = new ArrayList<>();
    order.forEach(a -> extents.add(asked.extent(a)));
    List<Integer> back = new ArrayList<>();
    IntStream.range(0, rank).forEach(a -> back.add(order.indexOf(a)));
    return call.result(emit.transpose(emit.reshape(found, new Shape(extents)), back), x.dtype());
  }

  /** The elements that known indices name: picks from the flat tensor. */
  private static TorchValue byKnown(OperatorCall call, Tensor x, int axis, TensorData index) {
    int[] sources = sources(call, x.shape(), axis, index);
    Shape flat = Shape.of(call.narrow(x.shape().elementCount()));
    if (x instanceof KnownTensor k) {
      TensorData found = HostTensors.select(k.data().reshape(flat), 0, sources);
      return new KnownTensor(found.reshape(index.shape()), "");
    }
    Value line = call.emit().reshape(call.held(x), flat);
    Value found = Picks.along(call.emit(), line, 0, sources);
    return call.result(call.emit().reshape(found, index.shape()), x.dtype());
  }

  /** The places in the flat tensor that known indices name. */
  private static int[] sources(OperatorCall call, Shape self, int axis, TensorData index) {
    int[] out = new int[call.narrow(index.elementCount())];
    List<Integer> extents = index.shape().extents();
    for (int a = 0; a < extents.size(); a++) {
      if (a != axis && extents.get(a) > self.extent(a)) {
        throw call.refuse("indices of shape %s for %s".formatted(index.shape(), self));
      }
    }
    for (int k = 0; k < out.length; k++) {
      long i = index.getLong(k);
      if (i < 0 || i >= self.extent(axis)) {
        throw call.refuse("index %d of an axis of %d".formatted(i, self.extent(axis)));
      }
      long place = 0;
      long stride = 1;
      int left = k;
      for (int a = extents.size() - 1; a >= 0; a--) {
        place += stride * (a == axis ? i : left % extents.get(a));
        stride *= self.extent(a);
        left /= extents.get(a);
      }
      out[k] = call.narrow(place);
    }
    return out;
  }

  /** The rows [T, L, R] of a table [F, L, R] that indices [T, L] name. */
  static Value lines(OperatorCall call, Value table, Value at) {
    TensorEmitter emit = call.emit();
    int extent = table.shape().extent(0);
    int lines = table.shape().extent(1);
    int width = table.shape().extent(2);
    int count = at.shape().extent(0);
    boolean isFloating = table.tensorType().dtype().isFloating();
    if (lines > MOST_LINES && isFloating) {
      Value hits = emit.transpose(hits(call, at, extent), List.of(1, 0, 2));
      Value found = emit.matMul(hits, emit.transpose(table, List.of(1, 2, 0)));
      return emit.transpose(found, List.of(1, 0, 2));
    }
    if (lines > MOST_LINES * MOST_LINES) {
      throw call.refuse("%d lines of integers".formatted(lines));
    }
    List<Value> parts = new ArrayList<>();
    for (int line = 0; line < lines; line++) {
      Value rows = emit.reshape(emit.slice(table, 1, line, line + 1, 1), Shape.of(extent, width));
      Value places = emit.reshape(emit.slice(at, 1, line, line + 1, 1), Shape.of(count));
      parts.add(emit.reshape(emit.gather(rows, places), Shape.of(count, 1, width)));
    }
    return parts.size() == 1 ? parts.getFirst() : emit.concatenate(parts, 1);
  }

  /** A line of {@code extent} real numbers for each index, 1 at the index and 0 elsewhere. */
  private static Value hits(OperatorCall call, Value at, int extent) {
    TensorEmitter emit = call.emit();
    return emit.cast(emit.gather(emit.integers(unit(extent), ""), at), DType.F32);
  }

  /** The unit matrix of integers. */
  static TensorData unit(int extent) {
    long[] elements = new long[Math.multiplyExact(extent, extent)];
    IntStream.range(0, extent).forEach(i -> elements[i * extent + i] = 1);
    return TensorData.ofLongs(DType.I64, Shape.of(extent, extent), elements);
  }

  /** Zeros of a shape, to which each element of the source is added at its index on the axis. */
  private static Value scattered(
      OperatorCall call, Shape shape, int axis, Tensor index, Value source) {
    requireIndices(call, index);
    TensorEmitter emit = call.emit();
    Shape asked = index.shape();
    int rank = asked.rank();
    if (rank != shape.rank() || rank == 0 || source.shape().rank() != rank) {
      throw call.refuse(
          "indices of shape %s and elements of shape %s for %s"
              .formatted(asked, source.shape(), shape));
    }
    Value from = source;
    int lines = 1;
    List<Integer> order = new ArrayList<>();
    for (int a = 0; a < rank; a++) {
      if (asked.extent(a) > source.shape().extent(a)
          || (a != axis && asked.extent(a) > shape.extent(a))) {
        throw call.refuse("indices of shape %s for %s".formatted(asked, shape));
      }
      from = emit.slice(from, a, 0, asked.extent(a), 1);
      if (a != axis) {
        order.add(a);
        lines *= asked.extent(a);
      }
    }
    order.add(axis);
    int count = asked.extent(axis);
    int extent = shape.extent(axis);
    Value places =
        emit.reshape(emit.transpose(call.in(DType.I64, index), order), Shape.of(lines, count));
    Value hits = emit.transpose(hits(call, places, extent), List.of(0, 2, 1));
    Value each = emit.reshape(emit.transpose(from, order), Shape.of(lines, 1, count));
    List<Integer> extents = new ArrayList<>();
    order.forEach(a -> extents.add(a == axis ? extent : asked.extent(a)));
    List<Integer> back = new ArrayList<>();
    IntStream.range(0, rank).forEach(a -> back.add(order.indexOf(a)));
    Value sums = emit.transpose(emit.reshape(emit.matMul(hits, each), new Shape(extents)), back);
    List<Integer> none = new ArrayList<>();
    List<Integer> missing = new ArrayList<>();
    for (int a = 0; a < rank; a++) {
      none.add(0);
      missing.add(shape.extent(a) - sums.shape().extent(a));
    }
    return emit.pad(sums, none, missing, 0.0);
  }

  /** (self, dim, index, source, alpha): index has one axis. */
  private static TorchValue indexAdd(OperatorCall call) {
    if (!call.tensor(0).dtype().isFloating()) {
      return ScatterOperators.indexAdd(call);
    }
    Value x = call.value(0);
    int rank = x.shape().rank();
    int axis = call.axis(1, rank);
    Tensor index = call.tensor(2);
    requireIndices(call, index);
    Value source = call.value(3);
    if (rank == 0 || index.shape().rank() != 1 || source.shape().rank() != rank) {
      throw call.refuse("indices of shape %s for %s".formatted(index.shape(), x.shape()));
    }
    TensorEmitter emit = call.emit();
    List<Integer> order = new ArrayList<>(List.of(axis));
    IntStream.range(0, rank).filter(a -> a != axis).forEach(order::add);
    List<Integer> back = new ArrayList<>();
    IntStream.range(0, rank).forEach(a -> back.add(order.indexOf(a)));
    Value rows = emit.transpose(source, order);
    int count = rows.shape().extent(0);
    int width = (int) (rows.shape().elementCount() / Math.max(1, count));
    Value hits = hits(call, call.in(DType.I64, index), x.shape().extent(axis));
    Value sums =
        emit.matMul(
            emit.transpose(hits, List.of(1, 0)),
            emit.transpose(emit.reshape(rows, Shape.of(count, width)), List.of(1, 0)));
    Value placed =
        emit.transpose(emit.reshape(sums, rows.shape().with(0, x.shape().extent(axis))), back);
    double alpha = call.number(4, 1);
    Value scaled = alpha == 1 ? placed : emit.multiply(placed, emit.scalar(alpha));
    return call.result(emit.add(x, scaled));
  }

  private static void requireIndices(OperatorCall call, Tensor index) {
    if (index.dtype().isFloating() || index.dtype() == DType.I1) {
      throw call.refuse(
          "indices of type %s; integers are supported".formatted(index.dtype().text()));
    }
  }
}
