package org.zkc.stablehlo.lower;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.zkc.stablehlo.program.HloType;
import org.zkc.torchscript.lower.Binding;

/**
 * Operations that move elements (StableHLO specification, "broadcast_in_dim", "concatenate", "pad",
 * "reshape", "reverse", "slice", "transpose").
 */
final class ShapeOperations {
  static final Map<String, HloOperator> TABLE =
      Map.ofEntries(
          Map.entry("stablehlo.broadcast_in_dim", HloOperator.one(ShapeOperations::broadcast)),
          Map.entry("stablehlo.concatenate", HloOperator.one(ShapeOperations::concatenate)),
          Map.entry("stablehlo.pad", HloOperator.one(ShapeOperations::pad)),
          Map.entry("stablehlo.reshape", HloOperator.one(ShapeOperations::reshape)),
          Map.entry("stablehlo.reverse", HloOperator.one(ShapeOperations::reverse)),
          Map.entry("stablehlo.slice", HloOperator.one(ShapeOperations::slice)),
          Map.entry("stablehlo.transpose", HloOperator.one(ShapeOperations::transpose)));

  private ShapeOperations() {}

  /** This step repeats no element: the operand's dimensions get their places among those of 1. */
  private static Held broadcast(HloCall call) {
    Held x = call.operand(0);
    HloType.TensorOf result = call.resultType(0);
    List<Long> places = call.integers("broadcast_dimensions", x.type().rank(), -1);
    List<Long> extents = new ArrayList<>(Collections.nCopies(result.rank(), 1L));
    List<Integer> order = new ArrayList<>();
    for (int d = 0; d < places.size(); d++) {
      int place = call.dimension(places.get(d), result.rank());
      long extent = x.type().extents().get(d);
      if (extent != 1 && extent != result.extents().get(place)) {
        throw call.refused(
            "extent %d is broadcast to %d".formatted(extent, result.extents().get(place)));
      }
      // An extent of 1 may meet an extent of 0.
      extents.set(place, x.extents().get(d));
      order.add(d);
    }
    order.sort((a, b) -> Long.compare(places.get(a), places.get(b)));
    if (places.stream().distinct().count() != places.size()) {
      throw call.refused("two dimensions are broadcast to one");
    }
    Binding moved = x.binding();
    if (!isIdentity(order)) {
      moved = call.aten("permute", moved, order);
    }
    if (!extents.equals(x.extents())) {
      moved = call.aten("reshape", moved, extents);
    }
    return new Held(moved, extents, result, x.number());
  }

  private static boolean isIdentity(List<Integer> order) {
    for (int d = 0; d < order.size(); d++) {
      if (order.get(d) != d) {
        return false;
      }
    }
    return true;
  }

  private static Held reshape(HloCall call) {
    Held x = call.operand(0);
    HloType.TensorOf result = call.resultType(0);
    if (x.type().elementCount() != result.elementCount()) {
      throw call.refused("%s is made of %s".formatted(result.text(), x.type().text()));
    }
    if (x.number().isPresent()) {
      List<Long> ones = Collections.nCopies(result.rank(), 1L);
      return new Held(call.aten("reshape", x.binding(), ones), ones, result, x.number());
    }
    Optional<List<Long>> held = inserted(x, result);
    return held.isPresent()
        ? call.result(call.aten("reshape", x.binding(), held.orElseThrow()), held.orElseThrow())
        : call.result(call.aten("reshape", call.whole(0), result.extents()));
  }

  /** The extents held after dimensions of 1 came or went; empty for other reshapes. */
  private static Optional<List<Long>> inserted(Held x, HloType.TensorOf result) {
    List<Long> from = x.type().extents();
    List<Long> held = new ArrayList<>();
    int d = 0;
    for (long extent : result.extents()) {
      while (extent != 1 && d < from.size() && from.get(d) == 1) {
        d++;
      }
      if (extent == 1) {
        held.add(1L);
      } else if (d < from.size() && from.get(d) == extent) {
        held.add(x.extents().get(d++));
      } else {
        return Optional.empty();
      }
    }
    while (d < from.size() && from.get(d) == 1) {
      d++;
    }
    return d == from.size() ? Optional.of(held) : Optional.empty();
  }

  private static Held transpose(HloCall call) {
    Held x = call.operand(0);
    List<Long> order = call.integers("permutation", x.type().rank(), -1);
    List<Long> extents = new ArrayList<>();
    for (long d : order) {
      extents.add(x.extents().get(call.dimension(d, x.type().rank())));
    }
    if (order.stream().distinct().count() != order.size()) {
      throw call.refused("a dimension stands twice in the permutation");
    }
    return new Held(
        call.aten("permute", x.binding(), order), extents, call.resultType(0), x.number());
  }

  private static Held slice(HloCall call) {
    Held x = call.operand(0);
    int rank = x.type().rank();
    List<Long> starts = call.integers("start_indices", rank, 0);
    List<Long> limits = call.integers("limit_indices", rank, 0);
    List<Long> strides = call.integers("strides", rank, 1);
    Binding part = x.binding();
    List<Long> extents = new ArrayList<>(x.extents());
    for (int d = 0; d < rank; d++) {
      long extent = x.type().extents().get(d);
      long start = starts.get(d);
      long limit = limits.get(d);
      long stride = strides.get(d);
      if (start < 0 || limit < start || limit > extent || stride < 1) {
        throw call.refused(
            "%d:%d:%d is no part of %d elements".formatted(start, limit, stride, extent));
      }
      long taken = (limit - start + stride - 1) / stride;
      boolean held = x.extents().get(d) == extent;
      if (!held && taken > 0 || taken == extent) {
        continue;
      }
      part = call.aten("slice", part, (long) d, held ? start : 0, held ? limit : 0, stride);
      extents.set(d, taken);
    }
    return new Held(part, extents, call.resultType(0), x.number());
  }

  private static Held concatenate(HloCall call) {
    int dimension = call.dimension("dimension", call.resultType(0).rank());
    List<Binding> parts = new ArrayList<>();
    for (int i = 0; i < call.operandCount(); i++) {
      if (call.type(i).extents().get(dimension) > 0) {
        parts.add(call.whole(i));
      }
    }
    if (parts.size() == 1) {
      return call.result(parts.getFirst());
    }
    return parts.isEmpty()
        ? call.result(call.whole(0))
        : call.result(call.aten("cat", parts, (long) dimension));
  }

  private static Held reverse(HloCall call) {
    Held x = call.operand(0);
    List<Long> dimensions =
        call.integers("dimensions").stream()
            .filter(d -> x.extents().get(call.dimension(d, x.type().rank())) != 1)
            .toList();
    if (!dimensions.isEmpty() && !ElementTypes.isReal(x.type())) {
      return call.result(picked(call, x.binding(), x.extents(), dimensions), x.extents());
    }
    return dimensions.isEmpty()
        ? call.unchanged(x)
        : call.result(call.aten("flip", x.binding(), dimensions), x.extents());
  }

  /** Integers and booleans from the last to the first. */
  private static Binding picked(
      HloCall call, Binding x, List<Long> extents, List<Long> dimensions) {
    Binding out = x;
    for (long d : dimensions) {
      long extent = extents.get(Math.toIntExact(d));
      long[] places = new long[Math.toIntExact(extent)];
      for (int i = 0; i < places.length; i++) {
        places[i] = extent - 1 - i;
      }
      out = call.aten("index_select", out, d, call.constant(List.of(extent), places));
    }
    return out;
  }

  /** Padding at the ends, which may be negative, and between elements. */
  private static Held pad(HloCall call) {
    HloType.TensorOf type = call.type(0);
    int rank = type.rank();
    List<Long> low = call.integers("edge_padding_low", rank, 0);
    List<Long> high = call.integers("edge_padding_high", rank, 0);
    List<Long> between = call.integers("interior_padding", rank, 0);
    if (between.stream().anyMatch(b -> b < 0)) {
      throw call.refused("its interior padding is negative");
    }
    Held value = call.operand(1);
    Binding x = call.whole(0);
    List<Long> extents = new ArrayList<>(type.extents());
    if (value.number().isPresent() || between.stream().allMatch(b -> b == 0)) {
      x = apart(call, x, extents, between, value);
      return call.result(Padding.around(call, x, extents, low, high, value));
    }
    Held zero =
        new Held(value.binding(), List.of(), value.type(), Optional.of(Binding.Literal.of(0L)));
    Binding mask =
        apart(call, Padding.ones(call, extents), new ArrayList<>(extents), between, zero);
    x = apart(call, x, extents, between, zero);
    x = Padding.around(call, x, extents, low, high, zero);
    mask = Padding.around(call, mask, extents, low, high, zero);
    return call.result(Padding.chosen(call, x, mask, value));
  }

  /** The tensor with a value between neighbours of each dimension. */
  private static Binding apart(
      HloCall call, Binding x, List<Long> extents, List<Long> between, Held value) {
    Binding out = x;
    for (int d = 0; d < between.size(); d++) {
      if (between.get(d) > 0) {
        out = Padding.between(call, out, extents, d, between.get(d), value.number().orElseThrow());
      }
    }
    return out;
  }
}
