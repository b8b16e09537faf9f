package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.Value;
import org.zkc.passes.torch.TorchValue.TracedTensor;

/**
 * Padding of the last axes: Pad, where it is constant; elements of the tensor itself, as picks. A
 * negative amount cuts, as Slice.
 */
final class PaddingOperators {
  static final List<TorchOperator> ALL =
      List.of(
          new TorchOperator(
              "aten.constant_pad_nd", "pad, slice, concatenate", c -> pad(c, c.number(2, 0))),
          new TorchOperator(
              "aten.pad", "pad, slice, concatenate, window_mean", PaddingOperators::withMode),
          copying("_pad_circular", Mode.CIRCULAR),
          copying("reflection_pad1d", Mode.REFLECT),
          copying("reflection_pad2d", Mode.REFLECT),
          copying("reflection_pad3d", Mode.REFLECT),
          copying("replication_pad1d", Mode.REPLICATE),
          copying("replication_pad2d", Mode.REPLICATE),
          copying("replication_pad3d", Mode.REPLICATE));

  private PaddingOperators() {}

  /** The element that stands at a position outside the axis. */
  private enum Mode {
    /** Mirrored at the first and last element, which come once. */
    REFLECT,
    /** The first or last. */
    REPLICATE,
    /** Axis after axis. */
    CIRCULAR;

    /** The element at position i of an axis of n, where i is less than n outside of it. */
    private int source(int i, int n) {
      return switch (this) {
        case REFLECT -> i < 0 ? -i : i < n ? i : 2 * (n - 1) - i;
        case REPLICATE -> Math.clamp(i, 0, n - 1);
        case CIRCULAR -> Math.floorMod(i, n);
      };
    }

    /** The distance outside an axis of n elements at which positions may lie. */
    private int reach(int n) {
      return switch (this) {
        case REFLECT -> n - 1;
        case REPLICATE -> Integer.MAX_VALUE;
        case CIRCULAR -> n;
      };
    }
  }

  private static TorchOperator copying(String name, Mode mode) {
    return new TorchOperator(
        "aten." + name, "slice, concatenate, window_mean", c -> copying(c, mode));
  }

  /** (input, pad, mode, value). */
  private static TorchValue withMode(OperatorCall call) {
    String mode = call.isNone(2) ? "constant" : call.text(2);
    return switch (mode) {
      case "constant" -> pad(call, call.number(3, 0));
      case "reflect" -> copying(call, Mode.REFLECT);
      case "replicate" -> copying(call, Mode.REPLICATE);
      case "circular" -> copying(call, Mode.CIRCULAR);
      default ->
          throw call.refuse(
              "mode '%s'; there are 'constant', 'reflect', 'replicate' and 'circular'"
                  .formatted(mode));
    };
  }

  /** Positions outside an axis hold elements of it. */
  private static TorchValue copying(OperatorCall call, Mode mode) {
    List<Integer> amounts = amounts(call);
    Value current = call.moved(0);
    for (int k = 0; k < amounts.size() / 2; k++) {
      int axis = current.shape().rank() - 1 - k;
      int n = current.shape().extent(axis);
      int before = amounts.get(2 * k);
      int after = amounts.get(2 * k + 1);
      long length = (long) n + before + after;
      // What is cut off at one end does not come back at the other.
      int first = mode == Mode.CIRCULAR ? Math.max(0, -before) : 0;
      int kept = mode == Mode.CIRCULAR ? n - first - Math.max(0, -after) : n;
      if (length < 1 || kept < 1 || Math.max(before, after) > mode.reach(kept)) {
        throw call.refuse(
            "amounts %s for a tensor of shape %s".formatted(amounts, call.tensor(0).shape()));
      }
      int[] sources =
          IntStream.range(0, call.narrow(length))
              .map(i -> first + mode.source(i - before - first, kept))
              .toArray();
      current = Picks.along(call.emit(), current, axis, sources);
    }
    return call.movedResult(current);
  }

  private static List<Integer> amounts(OperatorCall call) {
    List<Integer> amounts = call.integers(1);
    Shape shape = call.tensor(0).shape();
    if (amounts.size() % 2 != 0 || amounts.size() / 2 > shape.rank()) {
      throw call.refuse("amounts %s for a tensor of shape %s".formatted(amounts, shape));
    }
    return amounts;
  }

  /** The amounts come in pairs (low, high) from the last axis backwards. */
  private static TorchValue pad(OperatorCall call, double value) {
    List<Integer> amounts = amounts(call);
    DType dtype = call.tensor(0).dtype();
    boolean isExact = call.argument(0) instanceof TracedTensor && !dtype.isFloating();
    if (isExact && value != Math.rint(value)) {
      throw call.refuse("%s beside integers".formatted(value));
    }
    Value current = isExact ? call.held(0) : call.value(0);
    int rank = current.shape().rank();
    List<Integer> low = new ArrayList<>(Collections.nCopies(rank, 0));
    List<Integer> high = new ArrayList<>(Collections.nCopies(rank, 0));
    for (int k = 0; k < amounts.size() / 2; k++) {
      int axis = rank - 1 - k;
      int before = amounts.get(2 * k);
      int after = amounts.get(2 * k + 1);
      int extent = current.shape().extent(axis);
      int start = Math.max(0, -before);
      int end = extent - Math.max(0, -after);
      if (start > end) {
        throw call.refuse(
            "amounts %s for a tensor of shape %s".formatted(amounts, current.shape()));
      }
      current = call.emit().slice(current, axis, start, end, 1);
      low.set(axis, Math.max(0, before));
      high.set(axis, Math.max(0, after));
    }
    return isExact
        ? call.result(joined(call, current, dtype, low, high, (long) value), dtype)
        : call.result(call.emit().pad(current, low, high, value));
  }

  private static Optional<Value> filling(
      TensorEmitter emit, Value number, Value like, int axis, int extent) {
    List<Integer> extents = new ArrayList<>(like.shape().extents());
    extents.set(axis, extent);
    return extent == 0 ? Optional.empty() : Optional.of(emit.broadcast(number, new Shape(extents)));
  }

  /** Integers between integers. */
  private static Value joined(
      OperatorCall call,
      Value input,
      DType dtype,
      List<Integer> low,
      List<Integer> high,
      long value) {
    TensorEmitter emit = call.emit();
    Value number = call.in(dtype, new TorchValue.Int(value));
    Value current = input;
    for (int axis = 0; axis < low.size(); axis++) {
      List<Value> parts = new ArrayList<>();
      filling(emit, number, current, axis, low.get(axis)).ifPresent(parts::add);
      parts.add(current);
      filling(emit, number, current, axis, high.get(axis)).ifPresent(parts::add);
      current = parts.size() == 1 ? current : emit.concatenate(parts, axis);
    }
    return current;
  }
}
