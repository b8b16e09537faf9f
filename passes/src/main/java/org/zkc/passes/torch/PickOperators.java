package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;

/** Elements in another order, repeated or left out, at positions that are known: picks. */
final class PickOperators {
  private static final String PICKS = "slice, concatenate, window_mean";
  private static final String SHAPES = "reshape, transpose";

  static final List<TorchOperator> ALL =
      List.of(
          new TorchOperator(
              "aten.flip", PICKS, c -> HostOperators.isKnown(c) ? HostOperators.flip(c) : flip(c)),
          new TorchOperator(
              "aten.fliplr", PICKS, c -> c.movedResult(Picks.flip(c.emit(), matrix(c), 1))),
          new TorchOperator(
              "aten.flipud", PICKS, c -> c.movedResult(Picks.flip(c.emit(), c.moved(0), 0))),
          new TorchOperator("aten.rot90", PICKS + ", transpose", PickOperators::rotate),
          new TorchOperator("aten.roll", "slice, concatenate", PickOperators::roll),
          new TorchOperator(
              "aten.repeat_interleave",
              "reshape, broadcast, window_mean",
              "a number or constant of repeats",
              PickOperators::repeatInterleave),
          new TorchOperator("aten.unfold", PICKS + ", reshape, transpose", PickOperators::windows),
          new TorchOperator("aten.im2col", PICKS + ", reshape, transpose", PickOperators::columns),
          new TorchOperator(
              "aten.col2im", "pad, slice, add, reshape, transpose", PickOperators::overlapped),
          new TorchOperator("aten.pixel_unshuffle", SHAPES, PickOperators::pixelUnshuffle),
          new TorchOperator("aten.diagonal", "slice, " + SHAPES, PickOperators::diagonal),
          new TorchOperator("aten.diag", "slice, pad, " + SHAPES, PickOperators::diagonalOrMatrix),
          new TorchOperator("aten.diag_embed", "pad, " + SHAPES, PickOperators::diagonalMatrices),
          new TorchOperator(
              "aten.trace",
              "slice, reshape, window_mean",
              c -> {
                Value d = diagonal(c.emit(), matrix(c), 0);
                return c.result(ReductionOperators.mean(c, d, List.of(0), false, true));
              }),
          new TorchOperator("aten.tril", "multiply", c -> triangle(c, false)),
          new TorchOperator("aten.triu", "multiply", c -> triangle(c, true)));

  /** Elements of an axis or a mask that is written out; what is no parameter has no more. */
  private static final int MOST_PICKS = 1 << 24;

  private PickOperators() {}

  /** An argument of at least two axes. */
  private static Value matrix(OperatorCall call) {
    Value x = call.moved(0);
    if (x.shape().rank() < 2) {
      throw call.refuse("the tensor has %d axes".formatted(x.shape().rank()));
    }
    return x;
  }

  /** (input, dims). Backwards are sums of one element each, so truth values go as integers. */
  private static TorchValue flip(OperatorCall call) {
    boolean areTruths = call.tensor(0).dtype() == DType.I1;
    Value x = areTruths ? call.in(DType.I64, call.tensor(0)) : call.held(0);
    for (int axis : call.integers(1)) {
      x = Picks.flip(call.emit(), x, call.resolveAxis(axis, x.shape().rank()));
    }
    return call.result(areTruths ? call.emit().cast(x, DType.I1) : x);
  }

  /** (input, k, dims): k quarter turns from the first axis towards the second. */
  private static TorchValue rotate(OperatorCall call) {
    Value x = matrix(call);
    int rank = x.shape().rank();
    List<Integer> axes =
        call.integers(2).stream().map(a -> call.resolveAxis(a, rank)).distinct().toList();
    if (axes.size() != 2) {
      throw call.refuse("two axes are needed, not %s".formatted(call.integers(2)));
    }
    List<Integer> swap = ViewOperators.swapped(rank, axes.get(0), axes.get(1));
    TensorEmitter emit = call.emit();
    return call.movedResult(
        switch (Math.floorMod(call.integer(1), 4)) {
          case 1 -> emit.transpose(Picks.flip(emit, x, axes.get(1)), swap);
          case 2 -> Picks.flip(emit, Picks.flip(emit, x, axes.get(0)), axes.get(1));
          case 3 -> emit.transpose(Picks.flip(emit, x, axes.get(0)), swap);
          default -> x;
        });
  }

  /** (input, shifts, dims): without dims the tensor is rolled as one line. */
  private static TorchValue roll(OperatorCall call) {
    Value x = call.held(0);
    List<Integer> shifts = call.integers(1);
    List<Integer> axes = call.isNone(2) ? List.of() : call.integers(2);
    if (axes.isEmpty() && shifts.size() == 1) {
      Value line = call.emit().reshape(x, Shape.of(count(x.shape())));
      return call.result(call.emit().reshape(rolled(call, line, 0, shifts.getFirst()), x.shape()));
    }
    if (axes.size() != shifts.size()) {
      throw call.refuse("%d shifts of %d axes".formatted(shifts.size(), axes.size()));
    }
    for (int k = 0; k < axes.size(); k++) {
      x = rolled(call, x, call.resolveAxis(axes.get(k), x.shape().rank()), shifts.get(k));
    }
    return call.result(x);
  }

  private static Value rolled(OperatorCall call, Value x, int axis, int shift) {
    int n = x.shape().extent(axis);
    if (n == 0) {
      return x;
    }
    int[] sources = IntStream.range(0, n).map(i -> Math.floorMod(i - shift, n)).toArray();
    return Picks.along(call.emit(), x, axis, sources);
  }

  private static int count(Shape shape) {
    return Math.toIntExact(shape.elementCount());
  }

  /** (input, repeats, dim): each element as often as repeats say, of a line without dim. */
  private static TorchValue repeatInterleave(OperatorCall call) {
    if (call.overload().equals("Tensor")) {
      throw call.refuse("positions by their number of repeats; give the tensor to repeat");
    }
    Value x = call.moved(0);
    if (call.isNone(2)) {
      x = call.emit().reshape(x, Shape.of(count(x.shape())));
    }
    int axis = call.isNone(2) ? 0 : call.axis(2, x.shape().rank());
    int n = x.shape().extent(axis);
    List<Integer> repeats = new ArrayList<>();
    if (call.argument(1) instanceof TorchValue.Tensor) {
      TensorData data = call.knownTensor(1, "number of repeats").data();
      for (int i = 0; i < data.elementCount(); i++) {
        repeats.add(call.narrow(data.getLong(i)));
      }
    } else {
      repeats.add(call.extent(1));
    }
    if (repeats.size() == 1) {
      repeats = Collections.nCopies(n, repeats.getFirst());
    }
    if (repeats.size() != n || repeats.stream().anyMatch(r -> r < 0)) {
      throw call.refuse("%s repeats of %d elements".formatted(repeats, n));
    }
    List<Integer> times = repeats;
    requireFewPicks(call, times.stream().mapToLong(r -> r).sum());
    int[] sources =
        IntStream.range(0, n).flatMap(i -> IntStream.range(0, times.get(i)).map(k -> i)).toArray();
    if (sources.length == 0) {
      return call.movedResult(call.emit().slice(x, axis, 0, 0, 1));
    }
    return call.movedResult(Picks.along(call.emit(), x, axis, sources));
  }

  /** Refuses an axis that is longer than any tensor that can be proved, before it is listed. */
  private static void requireFewPicks(OperatorCall call, long picks) {
    if (picks > MOST_PICKS) {
      throw call.refuse(
          "%d elements along one axis; up to %d are supported".formatted(picks, MOST_PICKS));
    }
  }

  /** (input, dimension, size, step): windows along the axis, whose elements are a new last axis. */
  private static TorchValue windows(OperatorCall call) {
    Value x = call.moved(0);
    int axis = call.axis(1, x.shape().rank());
    int extent = IndexOperators.extent(call, x.shape(), axis);
    int size = call.extent(2);
    int step = call.extent(3);
    if (size < 1 || size > extent || step < 1) {
      throw call.refuse("windows of %d elements of %d, step %d".formatted(size, extent, step));
    }
    int positions = (extent - size) / step + 1;
    requireFewPicks(call, (long) positions * size);
    Value apart = taps(call.emit(), x, axis, positions, size, step, 1);
    List<Integer> order =
        new ArrayList<>(IntStream.range(0, apart.shape().rank()).boxed().toList());
    order.subList(axis, axis + 1).clear();
    order.add(axis);
    return call.movedResult(call.emit().transpose(apart, order));
  }

  /** Axis n becomes two, [taps, positions], of elements position stride + tap dilation. */
  static Value taps(
      TensorEmitter emit, Value x, int axis, int positions, int taps, int stride, int dilation) {
    int[] sources = new int[Math.multiplyExact(taps, positions)];
    for (int i = 0; i < sources.length; i++) {
      sources[i] = i / positions * dilation + i % positions * stride;
    }
    List<Integer> split = new ArrayList<>(x.shape().extents());
    split.set(axis, positions);
    split.add(axis, taps);
    return emit.reshape(Picks.along(emit, x, axis, sources), new Shape(split));
  }

  /** The numbers of a sliding block, per axis. */
  private record Blocks(
      List<Integer> kernel, List<Integer> dilations, List<Integer> padding, List<Integer> strides) {

    /** Arguments from {@code at} on: kernel_size, dilation, padding, stride. */
    private static Blocks of(OperatorCall call, int at) {
      Blocks blocks =
          new Blocks(
              call.perAxis(at, 2),
              call.perAxis(at + 1, 2),
              call.perAxis(at + 2, 2),
              call.perAxis(at + 3, 2));
      for (int k = 0; k < 2; k++) {
        if (blocks.kernel.get(k) < 1
            || blocks.dilations.get(k) < 1
            || blocks.strides.get(k) < 1
            || blocks.padding.get(k) < 0) {
          throw call.refuse("%s: padding may be 0, all else is positive".formatted(blocks));
        }
      }
      return blocks;
    }

    private int positions(OperatorCall call, int k, int extent) {
      int room = extent + 2 * padding.get(k) - dilations.get(k) * (kernel.get(k) - 1) - 1;
      if (room < 0) {
        throw call.refuse("a block of %s does not fit an axis of %d".formatted(kernel, extent));
      }
      return room / strides.get(k) + 1;
    }
  }

  /** (input, kernel_size, dilation, padding, stride): [N, C, H, W] to [N, C block, positions]. */
  private static TorchValue columns(OperatorCall call) {
    Value x = call.value(0);
    if (x.shape().rank() != 3 && x.shape().rank() != 4) {
      throw call.refuse("its input has shape %s; 3 or 4 axes are needed".formatted(x.shape()));
    }
    Blocks blocks = Blocks.of(call, 1);
    TensorEmitter emit = call.emit();
    int first = x.shape().rank() - 2;
    List<Integer> low = new ArrayList<>(Collections.nCopies(first, 0));
    low.addAll(blocks.padding);
    int height = blocks.positions(call, 0, x.shape().extent(first));
    int width = blocks.positions(call, 1, x.shape().extent(first + 1));
    x = emit.pad(x, low, low, 0.0);
    for (int k = 1; k >= 0; k--) {
      x =
          taps(
              emit,
              x,
              first + k,
              k == 0 ? height : width,
              blocks.kernel.get(k),
              blocks.strides.get(k),
              blocks.dilations.get(k));
    }
    // [..., C, taps, height, taps, width]
    List<Integer> order = new ArrayList<>(IntStream.range(0, first).boxed().toList());
    order.addAll(List.of(first, first + 2, first + 1, first + 3));
    List<Integer> out = new ArrayList<>(x.shape().extents().subList(0, first - 1));
    out.add(x.shape().extent(first - 1) * blocks.kernel.get(0) * blocks.kernel.get(1));
    out.add(Math.multiplyExact(height, width));
    return call.result(emit.reshape(emit.transpose(x, order), new Shape(out)));
  }

  /** (input, output_size, kernel_size, dilation, padding, stride): the transpose of columns. */
  private static TorchValue overlapped(OperatorCall call) {
    Value x = call.value(0);
    List<Integer> size = call.perAxis(1, 2);
    Blocks blocks = Blocks.of(call, 2);
    int height = blocks.positions(call, 0, size.get(0));
    int width = blocks.positions(call, 1, size.get(1));
    int block = blocks.kernel.get(0) * blocks.kernel.get(1);
    int rank = x.shape().rank();
    if (rank < 2
        || rank > 3
        || x.shape().extent(rank - 2) % block != 0
        || x.shape().extent(rank - 1) != height * width) {
      throw call.refuse(
          "columns of shape %s for blocks of %s at %d by %d positions"
              .formatted(x.shape(), blocks.kernel, height, width));
    }
    TensorEmitter emit = call.emit();
    List<Integer> extents = new ArrayList<>(x.shape().extents().subList(0, rank - 2));
    extents.add(x.shape().extent(rank - 2) / block);
    extents.addAll(blocks.kernel);
    extents.addAll(List.of(height, width));
    x = emit.reshape(x, new Shape(extents));
    int first = rank - 1; // [..., C, taps, taps, height, width]
    // [..., C, taps, height, width] and then [..., C, height, width]
    x = overlapAlong(emit, x, first, first + 2, blocks, 0, size.get(0));
    x = overlapAlong(emit, x, first, first + 2, blocks, 1, size.get(1));
    return call.result(x);
  }

  /** The sum over taps of the positions' elements, each tap's at its place. */
  private static Value overlapAlong(
      TensorEmitter emit, Value x, int taps, int positions, Blocks blocks, int k, int length) {
    List<Integer> extents = new ArrayList<>(x.shape().extents());
    extents.subList(taps, taps + 1).clear();
    Value sum = null;
    for (int tap = 0; tap < blocks.kernel.get(k); tap++) {
      Value part = emit.reshape(emit.slice(x, taps, tap, tap + 1, 1), new Shape(extents));
      int start = tap * blocks.dilations.get(k) - blocks.padding.get(k);
      Optional<Value> placed =
          placed(emit, part, positions - 1, blocks.strides.get(k), start, length);
      if (placed.isPresent()) {
        sum = sum == null ? placed.get() : emit.add(sum, placed.get());
      }
    }
    if (sum != null) {
      return sum;
    }
    extents.set(positions - 1, length);
    return emit.broadcast(emit.scalar(0), new Shape(extents));
  }

  /**
   * Elements at start, start + stride, ... of an axis of {@code length}, and zeros elsewhere; empty
   * where none of them is on the axis.
   */
  private static Optional<Value> placed(
      TensorEmitter emit, Value x, int axis, int stride, int start, int length) {
    List<Integer> none = Collections.nCopies(x.shape().rank(), 0);
    int n = x.shape().extent(axis);
    int first = Math.clamp(Math.ceilDiv(-start, stride), 0, n);
    int end = Math.clamp(Math.ceilDiv(length - start, stride), first, n);
    if (first == end) {
      return Optional.empty();
    }
    Value part = emit.slice(x, axis, first, end, 1);
    int low = start + first * stride;
    int covered = (end - first) * stride;
    if (stride > 1) {
      List<Integer> apart = new ArrayList<>(part.shape().extents());
      apart.add(axis + 1, 1);
      List<Integer> zeros = Collections.nCopies(apart.size(), 0);
      List<Integer> joined = new ArrayList<>(part.shape().extents());
      joined.set(axis, covered);
      Value wide =
          emit.pad(
              emit.reshape(part, new Shape(apart)), zeros, with(zeros, axis + 1, stride - 1), 0.0);
      part = emit.reshape(wide, new Shape(joined));
    }
    int kept = Math.min(covered, length - low);
    return Optional.of(
        emit.pad(
            emit.slice(part, axis, 0, kept, 1),
            with(none, axis, low),
            with(none, axis, length - low - kept),
            0.0));
  }

  private static List<Integer> with(List<Integer> list, int at, int value) {
    List<Integer> out = new ArrayList<>(list);
    out.set(at, value);
    return out;
  }

  /** [..., C, H r, W r] becomes [..., C r^2, H, W]. */
  private static TorchValue pixelUnshuffle(OperatorCall call) {
    Value x = call.value(0);
    int factor = call.extent(1);
    List<Integer> extents = x.shape().extents();
    int rank = extents.size();
    if (rank < 3
        || factor < 1
        || extents.get(rank - 2) % factor != 0
        || extents.get(rank - 1) % factor != 0) {
      throw call.refuse("factor %d for a tensor of shape %s".formatted(factor, x.shape()));
    }
    int o = rank - 3;
    List<Integer> split = new ArrayList<>(extents.subList(0, o + 1));
    split.addAll(List.of(extents.get(o + 1) / factor, factor, extents.get(o + 2) / factor, factor));
    List<Integer> order = new ArrayList<>(IntStream.range(0, o).boxed().toList());
    order.addAll(List.of(o, o + 2, o + 4, o + 1, o + 3));
    List<Integer> joined = new ArrayList<>(extents.subList(0, o));
    joined.addAll(
        List.of(
            extents.get(o) * factor * factor,
            extents.get(o + 1) / factor,
            extents.get(o + 2) / factor));
    Value moved = call.emit().transpose(call.emit().reshape(x, new Shape(split)), order);
    return call.result(call.emit().reshape(moved, new Shape(joined)));
  }

  /** (input, offset, dim1, dim2). */
  private static TorchValue diagonal(OperatorCall call) {
    Value x = matrix(call);
    int rank = x.shape().rank();
    int row = call.axis(2, rank);
    int column = call.axis(3, rank);
    if (row == column) {
      throw call.refuse("a diagonal of one axis");
    }
    List<Integer> order = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
    order.removeAll(List.of(row, column));
    order.addAll(List.of(row, column));
    return call.movedResult(diagonal(call.emit(), call.emit().transpose(x, order), call.extent(1)));
  }

  /** Elements [..., i, i + offset] of the last two axes. */
  private static Value diagonal(TensorEmitter emit, Value x, int offset) {
    List<Integer> extents = new ArrayList<>(x.shape().extents());
    int columns = extents.removeLast();
    int rows = extents.removeLast();
    int axis = extents.size();
    int row = Math.max(0, -offset);
    int column = Math.max(0, offset);
    int length = Math.max(0, Math.min(rows - row, columns - column));
    extents.add(rows * columns);
    Value line = emit.reshape(x, new Shape(extents));
    if (length == 0) {
      return emit.slice(line, axis, 0, 0, 1);
    }
    int start = row * columns + column;
    return emit.slice(line, axis, start, start + (length - 1) * (columns + 1) + 1, columns + 1);
  }

  /** (input, diagonal): the diagonal of a matrix, or the matrix of a diagonal. */
  private static TorchValue diagonalOrMatrix(OperatorCall call) {
    Value x = call.value(0);
    int offset = call.extent(1);
    return switch (x.shape().rank()) {
      case 1 -> call.result(withDiagonal(call.emit(), x, offset));
      case 2 -> call.result(diagonal(call.emit(), x, offset));
      default -> throw call.refuse("the tensor has %d axes".formatted(x.shape().rank()));
    };
  }

  /** (input, offset, dim1, dim2): the last axis as a diagonal over two axes. */
  private static TorchValue diagonalMatrices(OperatorCall call) {
    Value x = call.value(0);
    int rank = x.shape().rank() + 1;
    int row = call.axis(2, rank);
    int column = call.axis(3, rank);
    if (x.shape().rank() < 1 || row == column) {
      throw call.refuse("axes %d and %d of a tensor of shape %s".formatted(row, column, x.shape()));
    }
    Value matrices = withDiagonal(call.emit(), x, call.extent(1));
    List<Integer> order = new ArrayList<>();
    int next = 0;
    for (int axis = 0; axis < rank; axis++) {
      order.add(axis == row ? rank - 2 : axis == column ? rank - 1 : next++);
    }
    return call.result(call.emit().transpose(matrices, order));
  }

  /** Square matrices that hold the last axis from [i, i + offset] on, and 0 elsewhere. */
  private static Value withDiagonal(TensorEmitter emit, Value x, int offset) {
    int axis = x.shape().rank() - 1;
    int side = x.shape().extent(axis) + Math.abs(offset);
    int start = offset < 0 ? -offset * side : offset;
    Value line =
        placed(emit, x, axis, side + 1, start, Math.multiplyExact(side, side))
            .orElseGet(() -> emit.broadcast(emit.scalar(0), x.shape().with(axis, side * side)));
    List<Integer> extents = new ArrayList<>(x.shape().extents());
    extents.set(axis, side);
    extents.add(side);
    return emit.reshape(line, new Shape(extents));
  }

  /** (input, diagonal): times a mask of ones and zeros. */
  private static TorchValue triangle(OperatorCall call, boolean upper) {
    if (HostOperators.isKnown(call)) {
      return HostOperators.triangle(call, upper);
    }
    Value x = matrix(call);
    int rank = x.shape().rank();
    int rows = x.shape().extent(rank - 2);
    int columns = x.shape().extent(rank - 1);
    long diagonal = call.integer(1, 0);
    if ((long) rows * columns > MOST_PICKS) {
      throw call.refuse("a triangle of %d by %d elements".formatted(rows, columns));
    }
    float[] mask = new float[rows * columns];
    for (int i = 0; i < mask.length; i++) {
      long above = i % columns - i / columns - diagonal;
      mask[i] = (upper ? above < 0 : above > 0) ? 0 : 1;
    }
    Value kept = call.emit().constant(TensorData.ofFloats(Shape.of(rows, columns), mask), "");
    return call.result(call.emit().multiply(x, kept));
  }
}
