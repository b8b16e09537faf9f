package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.Shapes;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Cast;
import org.zkc.ir.tensor.TopIndices;
import org.zkc.ir.view.UnaryView;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.None;
import org.zkc.passes.torch.TorchValue.Tensor;
import org.zkc.passes.torch.TorchValue.TracedTensor;

/**
 * The selection {@code tensor[indices]} where some of the indices depend on the input. Points are
 * the elements of the indices, broadcast together. Known indices say in which line a point is;
 * computed ones, as one number over the axes that they index, where in the line. So the tensor is
 * held as [place in the line, line, rest], and the indices as [point of the line, line].
 *
 * @param together the shape of all indices, broadcast together
 * @param before how many of the axes that are not indexed come before the points in the result
 * @param knownAxes the axes with known indices
 * @param computedAxes the axes with computed ones
 * @param keptAxes the others
 * @param lineAxes the axes of {@code together} along which the line changes
 * @param lines for each line its number among the positions of the axes with known indices
 * @param at the computed indices as one, of the shape {@code together}
 * @param perAxis the index of each axis that has one
 */
record IndexedPoints(
    OperatorCall call,
    Tensor self,
    Shape together,
    int before,
    List<Integer> knownAxes,
    List<Integer> computedAxes,
    List<Integer> keptAxes,
    List<Integer> lineAxes,
    int[] lines,
    Value at,
    List<Optional<Tensor>> perAxis) {

  static IndexedPoints of(OperatorCall call, Tensor self, List<TorchValue> indices) {
    return of(call, self, perAxis(call, self.shape(), indices), true);
  }

  /**
   * @param areLines whether known indices say in which line a point is; otherwise they are part of
   *     the number that says where in the one line
   */
  private static IndexedPoints of(
      OperatorCall call, Tensor self, List<Optional<Tensor>> perAxis, boolean areLines) {
    Shape tensor = self.shape();
    if (perAxis.size() > tensor.rank()) {
      throw call.refuse("%d indices of a tensor of shape %s".formatted(perAxis.size(), tensor));
    }
    Shape together = Shape.of();
    List<Integer> known = new ArrayList<>();
    List<Integer> computed = new ArrayList<>();
    List<Integer> kept = new ArrayList<>();
    int first = -1;
    int last = -1;
    for (int axis = 0; axis < tensor.rank(); axis++) {
      Optional<Tensor> index = axis < perAxis.size() ? perAxis.get(axis) : Optional.empty();
      if (index.isEmpty()) {
        kept.add(axis);
        continue;
      }
      (areLines && index.get() instanceof KnownTensor ? known : computed).add(axis);
      together = Shapes.broadcast(together, index.get().shape());
      first = first < 0 ? axis : first;
      last = axis;
    }
    boolean neighbours = last - first + 1 == known.size() + computed.size();
    Shape all = together;
    List<Integer> lineAxes = new ArrayList<>();
    for (int axis = 0; axis < all.rank(); axis++) {
      int own = axis - all.rank();
      boolean changes =
          known.stream()
              .map(a -> perAxis.get(a).orElseThrow().shape())
              .anyMatch(s -> s.rank() + own >= 0 && s.extent(s.rank() + own) > 1);
      if (changes) {
        lineAxes.add(axis);
      }
    }
    return new IndexedPoints(
        call,
        self,
        all,
        neighbours ? first : 0,
        known,
        computed,
        kept,
        lineAxes,
        lines(call, tensor, perAxis, known, all, lineAxes),
        joined(call, tensor, perAxis, computed, all),
        perAxis);
  }

  /** One tensor of integers for each indexed axis; a known mask names the axes it covers. */
  private static List<Optional<Tensor>> perAxis(
      OperatorCall call, Shape tensor, List<TorchValue> indices) {
    List<Optional<Tensor>> out = new ArrayList<>();
    for (TorchValue index : indices) {
      if (index instanceof None) {
        out.add(Optional.empty());
      } else if (index instanceof KnownTensor k && k.dtype() == DType.I1) {
        Positions.requireMask(call, tensor, out.size(), k.shape());
        Positions.places(k.data()).forEach(p -> out.add(Optional.of(new KnownTensor(p, ""))));
      } else if (index instanceof TracedTensor t && t.dtype() == DType.I1) {
        throw call.refuse(
            "a mask that is computed from the input says how many elements there are; multiply by"
                + " the mask, or choose by torch.where");
      } else if (index instanceof Tensor t && !t.dtype().isFloating()) {
        out.add(Optional.of(t));
      } else {
        throw call.refuse("an index is %s".formatted(index.kind()));
      }
    }
    return out;
  }

  /** The lines' numbers, for each place along the axes that change it. */
  private static int[] lines(
      OperatorCall call,
      Shape tensor,
      List<Optional<Tensor>> perAxis,
      List<Integer> known,
      Shape together,
      List<Integer> lineAxes) {
    Shape wanted = together;
    for (int axis = 0; axis < together.rank(); axis++) {
      wanted = lineAxes.contains(axis) ? wanted : wanted.with(axis, 1);
    }
    int[] out = new int[Math.toIntExact(wanted.elementCount())];
    for (int axis : known) {
      TensorData index = ((KnownTensor) perAxis.get(axis).orElseThrow()).data();
      TensorData all = HostTensors.broadcast(index, wanted);
      int extent = tensor.extent(axis);
      for (int i = 0; i < out.length; i++) {
        long at = all.getLong(i);
        if (at < -extent || at >= extent) {
          throw call.refuse("index %d of an axis of %d".formatted(at, extent));
        }
        out[i] = out[i] * extent + (int) (at < 0 ? at + extent : at);
      }
    }
    return out;
  }

  /** The computed indices as one number over their axes. */
  private static Value joined(
      OperatorCall call,
      Shape tensor,
      List<Optional<Tensor>> perAxis,
      List<Integer> computed,
      Shape together) {
    TensorEmitter emit = call.emit();
    Value at = call.in(DType.I64, new TorchValue.Int(0));
    boolean isFirst = true;
    for (int axis : computed) {
      int extent = tensor.extent(axis);
      Value own = wrapped(call, perAxis.get(axis).orElseThrow(), extent);
      at =
          isFirst
              ? own
              : emit.add(emit.multiply(at, call.in(DType.I64, new TorchValue.Int(extent))), own);
      isFirst = false;
    }
    return emit.broadcast(at, together);
  }

  /** Computed indices of an axis, negative ones counted from its end, as 64-bit integers. */
  static Value wrapped(OperatorCall call, Tensor index, int extent) {
    Value value = call.in(DType.I64, index);
    return isPosition(call.emit(), value) ? value : call.emit().wrapped(value, extent);
  }

  /** Whether an index is a position on an axis by its definition, and thus never negative. */
  private static boolean isPosition(TensorEmitter emit, Value value) {
    return switch (emit.definition(value).orElse(null)) {
      case TopIndices t -> true;
      case UnaryView v -> isPosition(emit, v.input());
      case Cast c -> isPosition(emit, c.input());
      case null, default -> false;
    };
  }

  int places() {
    return computedAxes.stream().map(self.shape()::extent).reduce(1, Math::multiplyExact);
  }

  private int width() {
    return keptAxes.stream().map(self.shape()::extent).reduce(1, Math::multiplyExact);
  }

  /** Points of one line. */
  private int count() {
    return Math.toIntExact(together.elementCount() / Math.max(1, lines.length));
  }

  /** The axes of the points: first those of the points of one line, then those of the lines. */
  private List<Integer> pointOrder() {
    List<Integer> out = new ArrayList<>();
    IntStream.range(0, together.rank()).filter(a -> !lineAxes.contains(a)).forEach(out::add);
    out.addAll(lineAxes);
    return out;
  }

  /** The tensor's axes: those with known indices, those with computed ones, the others. */
  private List<Integer> tensorOrder() {
    List<Integer> out = new ArrayList<>(knownAxes);
    out.addAll(computedAxes);
    out.addAll(keptAxes);
    return out;
  }

  /** All lines, [lines, places, rest]. */
  private Value allLines() {
    TensorEmitter emit = call.emit();
    Value ordered = emit.transpose(call.in(self.dtype(), self), tensorOrder());
    int all = knownAxes.stream().map(self.shape()::extent).reduce(1, Math::multiplyExact);
    return emit.reshape(ordered, Shape.of(all, places(), width()));
  }

  /** The lines that are indexed. */
  private Value named(Value allLines) {
    int all = allLines.shape().extent(0);
    boolean isWhole = Arrays.equals(lines, IntStream.range(0, all).toArray());
    return isWhole ? allLines : Picks.along(call.emit(), allLines, 0, lines);
  }

  /** The computed indices, [points of the line, line]. */
  private Value points() {
    TensorEmitter emit = call.emit();
    return emit.reshape(emit.transpose(at, pointOrder()), Shape.of(count(), lines.length));
  }

  /** The selected elements. */
  TorchValue read() {
    TensorEmitter emit = call.emit();
    if (together.elementCount() == 0 || places() == 0) {
      throw call.refuse("indices of shape %s for %s".formatted(together, self.shape()));
    }
    Value table = emit.transpose(named(allLines()), List.of(1, 0, 2));
    Value found = ElementOperators.lines(call, table, points());
    return call.result(
        emit.transpose(emit.reshape(found, selection()), selectionOrder()), self.dtype());
  }

  /** The shape of a selection as [points of the line..., lines..., axes not indexed...]. */
  private Shape selection() {
    List<Integer> extents = new ArrayList<>();
    pointOrder().forEach(a -> extents.add(together.extent(a)));
    keptAxes.forEach(a -> extents.add(self.shape().extent(a)));
    return new Shape(extents);
  }

  /** From {@link #selection} to the points in their order, behind the first axes not indexed. */
  private List<Integer> selectionOrder() {
    List<Integer> order = pointOrder();
    List<Integer> back = new ArrayList<>();
    int own = together.rank();
    IntStream.range(own, own + before).forEach(back::add);
    IntStream.range(0, own).forEach(a -> back.add(order.indexOf(a)));
    IntStream.range(own + before, own + keptAxes.size()).forEach(back::add);
    return back;
  }

  /** A write to lines of a source, [lines, points of the line, rest]. */
  @FunctionalInterface
  interface Write {
    Value of(LineWrites lines, Value source);
  }

  /**
   * The tensor after a write.
   *
   * @param values in the tensor's type, broadcast to the selection
   */
  TorchValue written(Value values, Write write) {
    if (Arrays.stream(lines).distinct().count() < lines.length) {
      // Two points may be one place though their lines have numbers of their own.
      return of(call, self, perAxis, false).written(values, write);
    }
    TensorEmitter emit = call.emit();
    if (together.elementCount() == 0 || places() == 0) {
      throw call.refuse("indices of shape %s for %s".formatted(together, self.shape()));
    }
    Shape grouped = selection();
    List<Integer> order = selectionOrder();
    List<Integer> extents = order.stream().map(grouped::extent).toList();
    List<Integer> back = IntStream.range(0, order.size()).mapToObj(order::indexOf).toList();
    Value full = emit.broadcast(values, new Shape(extents));
    Value ordered =
        emit.reshape(emit.transpose(full, back), Shape.of(count(), lines.length, width()));
    Value source = emit.transpose(ordered, List.of(1, 0, 2));
    Value all = allLines();
    Value line = named(all);
    Value changed =
        write.of(LineWrites.of(call, line, emit.transpose(points(), List.of(1, 0))), source);
    return call.result(restored(replaced(all, changed)), self.dtype());
  }

  /** All lines, with those that are indexed replaced. */
  private Value replaced(Value all, Value changed) {
    int count = all.shape().extent(0);
    int[] sources = IntStream.range(0, count).toArray();
    for (int i = 0; i < lines.length; i++) {
      sources[lines[i]] = count + i;
    }
    TensorEmitter emit = call.emit();
    return Arrays.stream(sources).allMatch(s -> s >= count)
        ? Picks.along(emit, changed, 0, Arrays.stream(sources).map(s -> s - count).toArray())
        : Picks.along(emit, emit.concatenate(List.of(all, changed), 0), 0, sources);
  }

  /** The tensor whose lines these are. */
  private Value restored(Value allLines) {
    List<Integer> order = tensorOrder();
    List<Integer> extents = order.stream().map(self.shape()::extent).toList();
    List<Integer> back = IntStream.range(0, order.size()).mapToObj(order::indexOf).toList();
    return call.emit().transpose(call.emit().reshape(allLines, new Shape(extents)), back);
  }
}
