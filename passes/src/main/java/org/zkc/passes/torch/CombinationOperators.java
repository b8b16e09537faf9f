package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.ScalarFunction;
import org.zkc.ir.view.Reshape;
import org.zkc.ir.view.UnaryView;
import org.zkc.passes.torch.TorchValue.Tensor;

/** Tensors put together from elements of others: diagonals of blocks, products of sets, powers. */
final class CombinationOperators {
  private static final int MOST_COMBINATIONS = 1 << 16;

  static final List<TorchOperator> ALL =
      List.of(
          new TorchOperator("aten.block_diag", "concatenate", CombinationOperators::blocks),
          new TorchOperator(
              "aten.cartesian_prod", "broadcast, concatenate", CombinationOperators::products),
          new TorchOperator("aten.combinations", "slice", CombinationOperators::combinations),
          new TorchOperator(
              "aten.linalg_vander", "multiply, concatenate", c -> powers(c, c.value(0), true)),
          new TorchOperator(
              "aten.vander", "multiply, concatenate", c -> powers(c, c.value(0), c.flag(2))),
          new TorchOperator(
              "aten.renorm",
              "pointwise, window_mean, multiply",
              "norms of order 1 and 2",
              CombinationOperators::renorm),
          new TorchOperator(
              "aten.as_strided",
              "slice",
              "of an input, a parameter or a result, which are contiguous",
              CombinationOperators::strided));

  private CombinationOperators() {}

  private static Value zeros(TensorEmitter emit, int rows, int columns) {
    return emit.constant(
        TensorData.ofFloats(Shape.of(rows, columns), new float[rows * columns]), "");
  }

  /** (tensors), of two axes or fewer. */
  private static TorchValue blocks(OperatorCall call) {
    TensorEmitter emit = call.emit();
    List<Value> blocks = new ArrayList<>();
    int width = 0;
    for (Tensor tensor : call.tensors(0)) {
      Value block = call.value(tensor);
      Shape shape = block.shape();
      if (shape.rank() > 2) {
        throw call.refuse("a block of shape %s".formatted(shape));
      }
      int columns = shape.rank() == 0 ? 1 : shape.extent(shape.rank() - 1);
      int rows = shape.rank() == 2 ? shape.extent(0) : 1;
      blocks.add(emit.reshape(block, Shape.of(rows, columns)));
      width = Math.addExact(width, columns);
    }
    List<Value> lines = new ArrayList<>();
    int left = 0;
    for (Value block : blocks) {
      int rows = block.shape().extent(0);
      int right = left + block.shape().extent(1);
      List<Value> parts = new ArrayList<>();
      if (left > 0) {
        parts.add(zeros(emit, rows, left));
      }
      parts.add(block);
      if (right < width) {
        parts.add(zeros(emit, rows, width - right));
      }
      lines.add(emit.concatenate(parts, 1));
      left = right;
    }
    return call.result(emit.concatenate(lines, 0));
  }

  /** (tensors), each of one axis: all ways to take one element of each. */
  private static TorchValue products(OperatorCall call) {
    TensorEmitter emit = call.emit();
    List<Tensor> sets = call.tensors(0);
    if (sets.size() == 1) {
      return sets.getFirst();
    }
    List<Integer> extents = sets.stream().map(s -> call.narrow(s.shape().elementCount())).toList();
    int count = extents.stream().reduce(1, Math::multiplyExact);
    List<Value> columns = new ArrayList<>();
    for (int k = 0; k < sets.size(); k++) {
      List<Integer> apart = new ArrayList<>(Collections.nCopies(sets.size(), 1));
      apart.set(k, extents.get(k));
      Value spread =
          emit.broadcast(
              emit.reshape(call.held(sets.get(k)), new Shape(apart)), new Shape(extents));
      columns.add(emit.reshape(spread, Shape.of(count, 1)));
    }
    return call.result(emit.concatenate(columns, 1));
  }

  /** (self, r, with_replacement): all choices of r elements in order. */
  private static TorchValue combinations(OperatorCall call) {
    int n = call.narrow(call.tensor(0).shape().elementCount());
    int r = call.isNone(1) ? 2 : call.extent(1);
    boolean again = call.flag(2);
    if (r < 1) {
      throw call.refuse("choices of %d elements".formatted(r));
    }
    List<Integer> places = new ArrayList<>();
    int[] chosen = new int[r];
    for (int i = 0; i < r; i++) {
      chosen[i] = again ? 0 : i;
    }
    while (again ? n > 0 : r <= n) {
      Arrays.stream(chosen).forEach(places::add);
      if (places.size() > MOST_COMBINATIONS) {
        throw call.refuse("more than %d elements".formatted(MOST_COMBINATIONS));
      }
      int at = r - 1;
      while (at >= 0 && chosen[at] == (again ? n - 1 : n - r + at)) {
        at--;
      }
      if (at < 0) {
        break;
      }
      chosen[at]++;
      for (int i = at + 1; i < r; i++) {
        chosen[i] = again ? chosen[at] : chosen[i - 1] + 1;
      }
    }
    return picked(call, places, Shape.of(places.size() / r, r));
  }

  /** Elements of the flat tensor. */
  private static TorchValue picked(OperatorCall call, List<Integer> places, Shape shape) {
    Tensor x = call.tensor(0);
    if (places.isEmpty()) {
      throw call.refuse("its result has no elements");
    }
    int count = call.narrow(x.shape().elementCount());
    Value flat = call.emit().reshape(call.held(x), Shape.of(count));
    int[] sources = places.stream().mapToInt(p -> p).toArray();
    return call.result(
        call.emit().reshape(Picks.along(call.emit(), flat, 0, sources), shape), x.dtype());
  }

  /** (x, N): columns x^0 to x^(N-1) where increasing, else backwards. */
  private static TorchValue powers(OperatorCall call, Value x, boolean increasing) {
    TensorEmitter emit = call.emit();
    int last = x.shape().rank() - 1;
    int n = call.isNone(1) ? x.shape().extent(last) : call.extent(1);
    if (n < 1 || n > 64) {
      throw call.refuse("%d powers; from 1 to 64 are supported".formatted(n));
    }
    List<Integer> extents = new ArrayList<>(x.shape().extents());
    extents.add(1);
    Value column = emit.reshape(x, new Shape(extents));
    float[] ones = new float[call.narrow(x.shape().elementCount())];
    Arrays.fill(ones, 1);
    List<Value> columns = new ArrayList<>();
    columns.add(emit.constant(TensorData.ofFloats(new Shape(extents), ones), ""));
    for (int k = 1; k < n; k++) {
      columns.add(k == 1 ? column : emit.multiply(columns.getLast(), column));
    }
    return call.result(emit.concatenate(increasing ? columns : columns.reversed(), last + 1));
  }

  /** (self, p, dim, maxnorm): what lies across an axis, scaled down to the norm where above it. */
  private static TorchValue renorm(OperatorCall call) {
    TensorEmitter emit = call.emit();
    Value x = call.value(0);
    double p = call.number(1);
    double most = call.number(3);
    int axis = call.axis(2, x.shape().rank());
    if ((p != 1 && p != 2) || !(most > 0)) {
      throw call.refuse("norms of order %s up to %s; order 1 or 2 is supported".formatted(p, most));
    }
    List<Integer> others = new ArrayList<>();
    for (int a = 0; a < x.shape().rank(); a++) {
      if (a != axis) {
        others.add(a);
      }
    }
    Value size = p == 1 ? emit.pointwise(x, ScalarFunction.ABS) : emit.multiply(x, x);
    Value sum = ReductionOperators.mean(call, size, others, true, true);
    Value norm = p == 1 ? sum : emit.pointwise(sum, ScalarFunction.SQRT);
    Value divisor = emit.clamp(norm, most, Double.POSITIVE_INFINITY);
    Value factor = emit.pointwise(divisor, ScalarFunction.RECIPROCAL);
    return call.result(emit.multiply(x, emit.multiply(factor, emit.scalar(most))));
  }

  /** (self, size, stride, storage_offset): elements of the flat tensor. */
  private static TorchValue strided(OperatorCall call) {
    Value x = call.held(0);
    for (Value at = x; call.emit().definition(at).orElse(null) instanceof UnaryView view; ) {
      if (!(view instanceof Reshape)) {
        throw call.refuse("strides of a view of another tensor; call .contiguous() and index it");
      }
      at = view.input();
    }
    List<Integer> size = call.integers(1);
    List<Integer> stride = call.integers(2);
    long first = call.integer(3, 0);
    Shape shape = new Shape(size);
    if (size.size() != stride.size() || shape.elementCount() > MOST_COMBINATIONS) {
      throw call.refuse("a result of shape %s".formatted(shape));
    }
    List<Integer> places = new ArrayList<>();
    for (int k = 0; k < shape.elementCount(); k++) {
      long place = first;
      int left = k;
      for (int a = size.size() - 1; a >= 0; a--) {
        place += (long) stride.get(a) * (left % size.get(a));
        left /= size.get(a);
      }
      if (place < 0 || place >= x.shape().elementCount()) {
        throw call.refuse("element %d of %d".formatted(place, x.shape().elementCount()));
      }
      places.add((int) place);
    }
    return picked(call, places, shape);
  }
}
