package org.zkc.stablehlo.lower;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.zkc.ir.DType;
import org.zkc.ir.TensorData;
import org.zkc.stablehlo.program.HloType;
import org.zkc.torchscript.lower.Binding;

/**
 * The transposed operation of a pool (StableHLO specification, "select_and_scatter"): each element
 * of the source goes to the place of its window that a comparison selects, and what meets at one
 * place is added.
 */
final class SelectAndScatterOperations {
  static final Map<String, HloOperator> TABLE =
      Map.of("stablehlo.select_and_scatter", HloOperator.one(SelectAndScatterOperations::lower));

  private static final long MOST_PLACES = 256;

  /** Elements of all windows together, each of which has a truth value. */
  private static final long MOST_ELEMENTS = 1L << 24;

  private SelectAndScatterOperations() {}

  private static Held lower(HloCall call) {
    HloType.TensorOf type = call.type(0);
    List<Long> windows = call.type(1).extents();
    if (windows.size() != type.rank()) {
      throw call.refused("its source has another rank than its operand");
    }
    if (windows.contains(0L) || type.extents().contains(0L)) {
      throw call.refused("it has no elements");
    }
    Window window = Window.of(call, type.rank());
    requireFit(call, window, windows, type.extents());
    ElementwiseBody select = new ElementwiseBody(call, 0);
    List<List<Long>> places = window.places(call, MOST_PLACES);
    long elements = places.size();
    for (long extent : windows) {
      elements = Math.multiplyExact(elements, extent);
      if (elements > MOST_ELEMENTS) {
        throw call.refused("its windows have more than %d elements".formatted(MOST_ELEMENTS));
      }
    }
    HloType.TensorOf typed = ElementwiseBody.typed(call, type, windows);
    Optional<HloCall> lowest = paddedByInfinity(call, window, windows);
    // Elements outside of the tensor are never selected: only the mask shows them.
    Binding padded =
        Padding.around(
            call,
            lowest.map(p -> paddedByZero(call, p)).orElseGet(() -> call.whole(0)),
            type.extents(),
            window.low(),
            window.high(),
            call.operand(2));
    Binding best = window.at(call, padded, places.getFirst(), windows);
    Binding place = number(call, 0, windows.size());
    Binding found = inside(call, window, places.getFirst(), windows, lowest);
    for (int k = 1; k < places.size(); k++) {
      Binding candidate = window.at(call, padded, places.get(k), windows);
      Binding keeps =
          call.whole(
              select
                  .apply(List.of(Held.whole(best, typed), Held.whole(candidate, typed)), windows)
                  .getFirst());
      Binding there = inside(call, window, places.get(k), windows, lowest);
      Binding takes =
          call.aten(
              "logical_and",
              there,
              call.aten("logical_not", call.aten("logical_and", found, keeps)));
      best = call.aten("where", takes, candidate, best);
      place = call.aten("where", takes, number(call, k, windows.size()), place);
      found = call.aten("logical_or", found, there);
    }
    return call.result(scattered(call, window, places, windows, place));
  }

  private static void requireFit(
      HloCall call, Window window, List<Long> windows, List<Long> extents) {
    for (int d = 0; d < extents.size(); d++) {
      if (window.dilations().get(d) != 1 || window.baseDilations().get(d) != 1) {
        throw call.refused("its windows have gaps");
      }
      long padded = extents.get(d) + window.low().get(d) + window.high().get(d);
      long count = (padded - window.sizes().get(d)) / window.strides().get(d) + 1;
      if (padded < window.sizes().get(d) || count != windows.get(d)) {
        throw call.refused(
            "its source has %d elements along dimension %d, which has other windows"
                .formatted(windows.get(d), d));
      }
    }
  }

  /**
   * The padding by minus infinity that makes the operand, as exporters write gradients of pools,
   * where each window has an element that is not padding; no proof compares infinities.
   */
  private static Optional<HloCall> paddedByInfinity(
      HloCall call, Window window, List<Long> windows) {
    return call.definition(call.operand(0))
        .filter(p -> p.isOf("stablehlo.pad"))
        .filter(p ->
            Elementwise.real(p, 1).filter(n -> n == Double.NEGATIVE_INFINITY).isPresent()
                && p.integers("interior_padding").stream().allMatch(n -> n == 0)
                && p.integers("edge_padding_low").stream().allMatch(n -> n >= 0)
                && p.integers("edge_padding_high").stream().allMatch(n -> n >= 0))
        .filter(p -> {
          for (int d = 0; d < windows.size(); d++) {
            for (long w = 0; w < windows.get(d); w++) {
              long start = w * window.strides().get(d) - window.low().get(d);
              long own = p.integers("edge_padding_low").get(d);
              if (start + window.sizes().get(d) <= own
                  || start >= own + p.type(0).extents().get(d)) {
                return false;
              }
            }
          }
          return true;
        });
  }

  private static Binding paddedByZero(HloCall call, HloCall pad) {
    return Padding.around(
        call,
        pad.whole(0),
        pad.type(0).extents(),
        pad.integers("edge_padding_low"),
        pad.integers("edge_padding_high"),
        new Held(
            pad.operand(1).binding(),
            List.of(),
            pad.type(1),
            Optional.of(Binding.Literal.of(0.0))));
  }

  /**
   * Whether the place of each window is in the tensor: a constant.
   *
   * @param lowest the padding by minus infinity that makes the tensor, whose elements do not count
   */
  private static Binding inside(
      HloCall call, Window window, List<Long> place, List<Long> windows, Optional<HloCall> lowest) {
    HloType.TensorOf own = lowest.map(p -> p.type(0)).orElseGet(() -> call.type(0));
    List<Long> low =
        lowest
            .map(p -> p.integers("edge_padding_low"))
            .orElseGet(() -> Collections.nCopies(windows.size(), 0L));
    int count = (int) call.shape(windows).elementCount();
    long[] values = new long[count];
    for (int i = 0; i < count; i++) {
      long rest = i;
      boolean in = true;
      for (int d = windows.size() - 1; d >= 0; d--) {
        long at =
            rest % windows.get(d) * window.strides().get(d)
                + place.get(d)
                - window.low().get(d)
                - low.get(d);
        in &= at >= 0 && at < own.extents().get(d);
        rest /= windows.get(d);
      }
      values[i] = in ? 1 : 0;
    }
    return call.constant(TensorData.ofLongs(DType.I1, call.shape(windows), values));
  }

  private static Binding number(HloCall call, long value, int rank) {
    return call.constant(Collections.nCopies(rank, 1L), new long[] {value});
  }

  /** The sum over the places in a window of the sources that went there. */
  private static Binding scattered(
      HloCall call, Window window, List<List<Long>> places, List<Long> windows, Binding selected) {
    HloType.TensorOf type = call.type(0);
    boolean adds =
        ReducerBody.of(call, 1)
            .filter(b ->
                b == ReducerBody.SUM || b == ReducerBody.OR && ElementTypes.isBoolean(call.type(0)))
            .isPresent();
    if (!adds) {
      throw call.refused("what it does with its source is no addition");
    }
    DType dtype = call.dtype(type);
    boolean truth = dtype == DType.I1;
    Binding zero = call.constant(zero(call, dtype, windows.size()));
    Binding.Literal nothing =
        truth
            ? Binding.Literal.of(false)
            : dtype.isFloating() ? Binding.Literal.of(0.0) : Binding.Literal.of(0L);
    List<Long> ones = Collections.nCopies(windows.size(), 1L);
    Held none = new Held(zero, ones, ElementwiseBody.typed(call, type, ones), Optional.of(nothing));
    Binding sum = call.operand(2).binding();
    for (int k = 0; k < places.size(); k++) {
      Binding there = call.aten("eq", selected, number(call, k, windows.size()));
      Binding source = call.aten("where", there, call.whole(1), zero);
      List<Long> extents = new ArrayList<>(windows);
      List<Long> low = new ArrayList<>();
      List<Long> high = new ArrayList<>();
      for (int d = 0; d < windows.size(); d++) {
        source =
            window.strides().get(d) == 1
                ? source
                : Padding.between(call, source, extents, d, window.strides().get(d) - 1, nothing);
        low.add(places.get(k).get(d) - window.low().get(d));
        high.add(type.extents().get(d) - extents.get(d) - low.getLast());
      }
      source = Padding.around(call, source, extents, low, high, none);
      sum = call.aten(truth ? "logical_or" : "add", source, sum);
    }
    return sum;
  }

  private static TensorData zero(HloCall call, DType dtype, int rank) {
    List<Long> ones = Collections.nCopies(rank, 1L);
    return dtype.isFloating()
        ? TensorData.ofReals(dtype, call.shape(ones), new double[] {0})
        : TensorData.ofLongs(dtype, call.shape(ones), new long[] {0});
  }
}
