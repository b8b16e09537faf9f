package org.zkc.stablehlo.lower;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.zkc.stablehlo.program.HloType;
import org.zkc.torchscript.lower.Binding;

/**
 * Reductions over windows (StableHLO specification, "reduce_window"): sums, maxima and minima of
 * windows along up to three dimensions, and running ones along one.
 */
final class WindowOperations {
  static final Map<String, HloOperator> TABLE =
      Map.of("stablehlo.reduce_window", WindowOperations::reduceWindow);

  private static final int MOST_AXES = 3;

  private final HloCall call;
  private final ReducerBody body;
  private final List<Long> window;
  private final List<Long> strides;
  private final List<Long> dilations;
  private final List<Long> low = new ArrayList<>();
  private final List<Long> high = new ArrayList<>();

  private Binding x;
  private final List<Long> extents;

  /**
   * Windows of one tensor by a common body have operators of their own; others are folded place by
   * place.
   */
  private static List<Held> reduceWindow(HloCall call) {
    Window window = Window.of(call, call.type(0).rank());
    window.requireHeld(call, call.type(0).extents());
    Optional<ReducerBody> body = call.operandCount() == 2 ? ReducerBody.of(call) : Optional.empty();
    if (body.filter(b -> isCommon(call, b, window)).isPresent()) {
      return List.of(new WindowOperations(call).lower());
    }
    Optional<Held> sums = RunningLogSum.of(call, window);
    return sums.isPresent() ? List.of(sums.orElseThrow()) : new BodyFold(call).windows(window);
  }

  private static boolean isCommon(HloCall call, ReducerBody body, Window window) {
    if (ElementTypes.isBoolean(call.type(0))) {
      return false;
    }
    Held start = call.operand(1);
    boolean neutral =
        start
            .number()
            .filter(n -> ReductionOperations.isNeutral(n, body, call.dtype(start.type())))
            .isPresent();
    if (!ElementTypes.isReal(call.type(0))) {
      // Padding is the initial value: in a sum it counts at every place that it stands on.
      boolean plain =
          window.baseDilations().stream().allMatch(d -> d == 1) && window.reachesElements();
      return switch (body) {
        case SUM, PRODUCT -> plain && neutral;
        case MAXIMUM, MINIMUM -> plain;
        case AND, OR, SECOND, ARGUMENT_OF_MAXIMUM, ARGUMENT_OF_MINIMUM -> false;
      };
    }
    return neutral
        && switch (body) {
          case SUM -> window.dilations().stream().allMatch(d -> d == 1);
          case MAXIMUM, MINIMUM -> true;
          case PRODUCT -> window.isRunning(call.type(0).extents());
          case AND, OR, SECOND, ARGUMENT_OF_MAXIMUM, ARGUMENT_OF_MINIMUM -> false;
        };
  }

  private WindowOperations(HloCall call) {
    this.call = call;
    if (call.operandCount() != 2) {
      throw call.refused("windows of several tensors together cannot be proved");
    }
    this.body =
        ReducerBody.of(call)
            .orElseThrow(() -> call.refused("its body is none of add, maximum and minimum"));
    int rank = call.type(0).rank();
    this.window = call.integers("window_dimensions", rank, 1);
    this.strides = call.integers("window_strides", rank, 1);
    this.dilations = call.integers("window_dilations", rank, 1);
    Padding.read(call, rank, low, high);
    this.x = call.whole(0);
    this.extents = new ArrayList<>(call.type(0).extents());
    List<Long> base = call.integers("base_dilations", rank, 1);
    for (int d = 0; d < rank; d++) {
      if (base.get(d) > 1) {
        x = Padding.between(call, x, extents, d, base.get(d) - 1, neutral());
      }
    }
  }

  private Held lower() {
    Held start = call.operand(1);
    HloType.TensorOf type = call.type(0);
    if (!ElementTypes.isReal(type) && !ElementTypes.isBoolean(type) && isArithmetic()) {
      return call.result(together(integers(), start.binding()));
    }
    if (start
        .number()
        .filter(n -> ReductionOperations.isNeutral(n, body, call.dtype(start.type())))
        .isEmpty()) {
      throw call.refused("its initial value changes the result");
    }
    int rank = extents.size();
    List<Integer> axes = new ArrayList<>();
    for (int d = 0; d < rank; d++) {
      if (window.get(d) != 1 || strides.get(d) != 1 || low.get(d) != 0 || high.get(d) != 0) {
        axes.add(d);
      }
    }
    if (axes.isEmpty()) {
      return call.result(x);
    }
    Optional<Binding> running = running(axes);
    if (running.isPresent()) {
      return call.result(running.orElseThrow());
    }
    while (axes.size() > MOST_AXES) {
      reduce(List.of(axes.removeLast()));
    }
    reduce(axes);
    return call.result(x);
  }

  private boolean isArithmetic() {
    return switch (body) {
      case SUM, PRODUCT, MAXIMUM, MINIMUM -> true;
      case AND, OR, SECOND, ARGUMENT_OF_MAXIMUM, ARGUMENT_OF_MINIMUM -> false;
    };
  }

  private Binding together(Binding left, Binding right) {
    return switch (body) {
      case SUM -> call.aten("add", left, right);
      case PRODUCT -> call.aten("mul", left, right);
      case MAXIMUM -> call.aten("maximum", left, right);
      case MINIMUM -> call.aten("minimum", left, right);
      case AND, OR, SECOND, ARGUMENT_OF_MAXIMUM, ARGUMENT_OF_MINIMUM ->
          throw call.refused("its body is none of add, multiply, maximum and minimum");
    };
  }

  /** Windows of integers, one dimension after the other, without the initial value. */
  private Binding integers() {
    Binding out = x;
    for (int d = 0; d < extents.size(); d++) {
      long reach = dilations.get(d) * (window.get(d) - 1) + 1;
      long padded = extents.get(d) + low.get(d) + high.get(d);
      if (padded < reach || extents.get(d) == 0) {
        throw call.refused("there is no window along dimension %d".formatted(d));
      }
      out = padded(out, d);
      out = windows(out, d, window.get(d), padded);
      long count = (padded - reach) / strides.get(d) + 1;
      if (strides.get(d) != 1) {
        out = part(out, d, 0, (count - 1) * strides.get(d) + 1, strides.get(d));
      }
      extents.set(d, count);
    }
    return out;
  }

  /**
   * Padding along a dimension: for an extreme, the element at the end once more, which every window
   * holds that reaches over the end.
   */
  private Binding padded(Binding in, int d) {
    if (low.get(d) == 0 && high.get(d) == 0) {
      return in;
    }
    if (body == ReducerBody.SUM || body == ReducerBody.PRODUCT) {
      List<Long> sides = new ArrayList<>(Collections.nCopies(2 * (extents.size() - 1 - d), 0L));
      sides.add(low.get(d));
      sides.add(high.get(d));
      return call.aten("constant_pad_nd", in, sides, body == ReducerBody.SUM ? 0L : 1L);
    }
    if (low.get(d) >= window.get(d) || high.get(d) >= window.get(d) || dilations.get(d) != 1) {
      throw call.refused("windows of padding alone cannot be proved");
    }
    long[] places = new long[Math.toIntExact(extents.get(d) + low.get(d) + high.get(d))];
    for (int i = 0; i < places.length; i++) {
      places[i] = Math.clamp(i - low.get(d), 0L, extents.get(d) - 1);
    }
    return call.aten(
        "index_select", in, (long) d, call.constant(List.of((long) places.length), places));
  }

  /** All windows of a size at stride 1, from those of half the size. */
  private Binding windows(Binding in, int d, long size, long extent) {
    if (size == 1) {
      return in;
    }
    long half = size / 2;
    long reach = dilations.get(d) * (half - 1);
    long step = dilations.get(d) * half;
    Binding halves = windows(in, d, half, extent);
    long left = extent - reach - step;
    Binding both = together(part(halves, d, 0, left, 1), part(halves, d, step, step + left, 1));
    if (size % 2 == 0) {
      return both;
    }
    long more = left - dilations.get(d);
    return together(part(both, d, 0, more, 1), part(in, d, 2 * step, 2 * step + more, 1));
  }

  private Binding part(Binding in, int d, long from, long to, long stride) {
    return call.aten("slice", in, (long) d, from, to, stride);
  }

  /** A window that reaches from the first element to this one, or from this one to the last. */
  private Optional<Binding> running(List<Integer> axes) {
    int d = axes.getFirst();
    long extent = extents.get(d);
    boolean forward = low.get(d) == extent - 1 && high.get(d) == 0;
    boolean backward = high.get(d) == extent - 1 && low.get(d) == 0;
    if (axes.size() != 1
        || window.get(d) != extent
        || strides.get(d) != 1
        || dilations.get(d) != 1
        || !forward && !backward) {
      return Optional.empty();
    }
    Binding line = backward && !forward ? call.aten("flip", x, List.of(d)) : x;
    Optional<Binding> scanned =
        switch (body) {
          case SUM ->
              Optional.of(call.atenTyped("cumsum", "", call.dtype(call.type(0)), line, (long) d));
          case PRODUCT ->
              Optional.of(call.atenTyped("cumprod", "", call.dtype(call.type(0)), line, (long) d));
          case MAXIMUM -> Optional.of(call.atenAll("cummax", "", line, (long) d).getFirst());
          case MINIMUM -> Optional.of(call.atenAll("cummin", "", line, (long) d).getFirst());
          case AND, OR, SECOND, ARGUMENT_OF_MAXIMUM, ARGUMENT_OF_MINIMUM -> Optional.empty();
        };
    return scanned.map(s -> backward && !forward ? call.aten("flip", s, List.of(d)) : s);
  }

  /** Reduces along up to three dimensions: they are moved behind the others, and back. */
  private void reduce(List<Integer> axes) {
    int rank = extents.size();
    List<Integer> order = new ArrayList<>();
    for (int d = 0; d < rank; d++) {
      if (!axes.contains(d)) {
        order.add(d);
      }
    }
    List<Long> others = order.stream().map(extents::get).toList();
    order.addAll(axes);
    Binding moved = isIdentity(order) ? x : call.aten("permute", x, order);
    // [batch, channel, spatial...]; what there is more before the windows is one batch.
    List<Long> leading = new ArrayList<>(others);
    while (leading.size() < 2) {
      leading.addFirst(1L);
    }
    while (leading.size() > 2) {
      leading.set(0, Math.multiplyExact(leading.get(0), leading.remove(1)));
    }
    List<Long> shape = new ArrayList<>(leading);
    axes.forEach(d -> shape.add(extents.get(d)));
    Binding pooled = pool(call.aten("reshape", moved, shape), axes);
    for (int d : axes) {
      long padded = extents.get(d) + low.get(d) + high.get(d);
      long reach = dilations.get(d) * (window.get(d) - 1) + 1;
      extents.set(d, padded < reach ? 0 : (padded - reach) / strides.get(d) + 1);
    }
    List<Long> result = new ArrayList<>();
    order.forEach(d -> result.add(extents.get(d)));
    pooled = call.aten("reshape", pooled, result);
    List<Integer> back = new ArrayList<>(Collections.nCopies(rank, 0));
    for (int i = 0; i < rank; i++) {
      back.set(order.get(i), i);
    }
    x = isIdentity(order) ? pooled : call.aten("permute", pooled, back);
  }

  private static boolean isIdentity(List<Integer> order) {
    for (int d = 0; d < order.size(); d++) {
      if (order.get(d) != d) {
        return false;
      }
    }
    return true;
  }

  private Binding pool(Binding batch, List<Integer> axes) {
    return switch (body) {
      case SUM -> sums(batch, axes);
      case MAXIMUM -> maxima(batch, axes);
      case MINIMUM -> call.aten("neg", maxima(call.aten("neg", batch), axes));
      case PRODUCT, AND, OR, SECOND, ARGUMENT_OF_MAXIMUM, ARGUMENT_OF_MINIMUM ->
          throw call.refused("its body is none of add, maximum and minimum");
    };
  }

  private Binding sums(Binding batch, List<Integer> axes) {
    if (axes.stream().anyMatch(d -> dilations.get(d) != 1)) {
      throw call.refused("sums over windows with gaps cannot be proved");
    }
    Binding padded = padded(batch, axes, 0.0);
    if (axes.size() > 1) {
      return sums(padded, of(axes, window), of(axes, strides));
    }
    // Along one dimension ATen has means alone, without a divisor of their own.
    Binding plane = call.aten("unsqueeze", padded, 2L);
    List<Long> sizes = List.of(1L, window.get(axes.getFirst()));
    List<Long> steps = List.of(1L, strides.get(axes.getFirst()));
    return call.aten("squeeze", sums(plane, sizes, steps), 2L);
  }

  private Binding sums(Binding padded, List<Long> sizes, List<Long> steps) {
    List<Long> none = Collections.nCopies(sizes.size(), 0L);
    return call.aten("avg_pool" + sizes.size() + "d", padded, sizes, steps, none, false, true, 1L);
  }

  private Binding maxima(Binding batch, List<Integer> axes) {
    HloType.TensorOf type = call.type(0);
    boolean even =
        axes.stream()
            .allMatch(d ->
                low.get(d).equals(high.get(d))
                    && low.get(d) >= 0
                    && 2 * low.get(d) <= window.get(d));
    if (!even && !axes.stream().allMatch(this::isRoundedUp) && !ElementTypes.isReal(type)) {
      throw call.refused("uneven padding of integers cannot be proved");
    }
    boolean roundsUp = !even && axes.stream().allMatch(this::isRoundedUp);
    boolean pads = !even && !roundsUp;
    Binding values = pads ? padded(batch, axes, Double.NEGATIVE_INFINITY) : batch;
    return call.aten(
        "max_pool" + axes.size() + "d",
        values,
        of(axes, window),
        of(axes, strides),
        pads ? Collections.nCopies(axes.size(), 0L) : of(axes, low),
        of(axes, dilations),
        roundsUp);
  }

  /**
   * Whether padding at the end is what a pool has that rounds its number of windows up: the last
   * window reaches past the end and begins before it.
   */
  private boolean isRoundedUp(int d) {
    long before = low.get(d);
    long reach = dilations.get(d) * (window.get(d) - 1) + 1;
    long stride = strides.get(d);
    long count = (extents.get(d) + before + high.get(d) - reach) / stride + 1;
    long span = extents.get(d) + 2 * before - reach;
    long up = span < 0 ? 0 : (span + stride - 1) / stride + 1;
    boolean beginsInside = (count - 1) * stride < extents.get(d) + before;
    return before >= 0 && 2 * before <= window.get(d) && count == up && beginsInside;
  }

  private Binding padded(Binding batch, List<Integer> axes, double value) {
    List<Long> sides = new ArrayList<>();
    for (int d : axes.reversed()) {
      sides.add(low.get(d));
      sides.add(high.get(d));
    }
    return sides.stream().allMatch(s -> s == 0)
        ? batch
        : call.aten("constant_pad_nd", batch, sides, value);
  }

  private double neutral() {
    return switch (body) {
      case SUM -> 0;
      case PRODUCT -> 1;
      case MAXIMUM -> Double.NEGATIVE_INFINITY;
      case MINIMUM -> Double.POSITIVE_INFINITY;
      case AND, OR, SECOND, ARGUMENT_OF_MAXIMUM, ARGUMENT_OF_MINIMUM ->
          throw call.refused("its body is none of add, maximum and minimum");
    };
  }

  private static List<Long> of(List<Integer> axes, List<Long> all) {
    return axes.stream().map(all::get).toList();
  }
}
