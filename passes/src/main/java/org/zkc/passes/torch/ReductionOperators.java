package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.Value;
import org.zkc.passes.torch.TorchValue.KnownTensor;

/** Means and sums over whole axes: WindowMean with one window. */
final class ReductionOperators {
  static final List<TorchOperator> ALL =
      List.of(
          new TorchOperator("aten.mean", "window_mean", c -> reduce(c, false)),
          new TorchOperator(
              "aten.sum", "window_mean", "as a mean with divisor 1", c -> reduce(c, true)));

  private ReductionOperators() {}

  /**
   * Overload "" is (input, dtype); {@code dim_IntList} and {@code dim} are (input, dim, keepdim,
   * dtype).
   */
  private static TorchValue reduce(OperatorCall call, boolean sum) {
    Value input = call.value(0);
    int rank = input.shape().rank();
    boolean whole = call.overload().isEmpty();
    int dtypeAt = whole ? 1 : 3;
    if (!call.isNone(dtypeAt)) {
      CastOperators.requireFloating(call, call.integer(dtypeAt));
    }
    if (sum
        && call.isNone(dtypeAt)
        && call.tensor(0) instanceof KnownTensor known
        && !known.dtype().isFloating()) {
      boolean keep = !whole && call.flag(2);
      return new KnownTensor(
          HostOperators.reduced(
              call,
              HostTensors.cast(known.data(), DType.I64),
              whole ? call.arguments().size() : 1,
              keep,
              0,
              Double::sum),
          "");
    }
    if (!call.tensor(0).dtype().isFloating()) {
      throw call.refuse(
          "a %s of integers; convert them to float first".formatted(sum ? "sum" : "mean"));
    }
    TreeSet<Integer> axes = new TreeSet<>();
    if (!whole && !call.isNone(1)) {
      call.integers(1).forEach(a -> axes.add(call.resolveAxis(a, rank)));
    }
    if (axes.isEmpty()) {
      for (int axis = 0; axis < rank; axis++) {
        axes.add(axis);
      }
    }
    if (rank == 0) {
      return call.result(input);
    }
    return call.result(mean(call, input, List.copyOf(axes), !whole && call.flag(2), sum));
  }

  /**
   * Mean (or sum) over {@code axes}, ascending. Neighbouring axes are reduced together, as one
   * axis: one rounding after quantisation instead of one for each.
   */
  static Value mean(
      OperatorCall call, Value input, List<Integer> axes, boolean keepAxes, boolean sum) {
    List<Integer> original = input.shape().extents();
    Value current = input;
    for (int last = axes.size() - 1; last >= 0; ) {
      int first = last;
      while (first > 0 && axes.get(first - 1) == axes.get(first) - 1) {
        first--;
      }
      int from = axes.get(first);
      int to = axes.get(last);
      List<Integer> extents = new ArrayList<>(current.shape().extents());
      int count = 1;
      for (int axis = from; axis <= to; axis++) {
        count = Math.multiplyExact(count, extents.get(axis));
      }
      if (count == 0) {
        throw call.refuse("the tensor has no elements");
      }
      extents.subList(from + 1, to + 1).clear();
      extents.set(from, count);
      current = call.emit().reshape(current, new Shape(extents));
      current =
          call.emit()
              .windowMean(current, from, List.of(0), List.of(count), List.of(sum ? 1 : count));
      last = first - 1;
    }
    List<Integer> out = new ArrayList<>();
    for (int axis = 0; axis < original.size(); axis++) {
      if (!axes.contains(axis)) {
        out.add(original.get(axis));
      } else if (keepAxes) {
        out.add(1);
      }
    }
    return call.emit().reshape(current, new Shape(out));
  }

  /** The maximum, or minimum, over the last axis, of which one element stays. */
  static Value extreme(TensorEmitter emit, Value input, boolean greatest) {
    List<Integer> whole = List.of(input.shape().extent(input.shape().rank() - 1));
    Value signed = greatest ? input : emit.multiply(input, emit.scalar(-1));
    Value out = emit.maxPool(signed, whole, List.of(1), List.of(0), List.of(0), List.of(1));
    return greatest ? out : emit.multiply(out, emit.scalar(-1));
  }
}
