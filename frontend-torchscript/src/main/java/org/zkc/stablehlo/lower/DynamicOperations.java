package org.zkc.stablehlo.lower;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.zkc.ir.DType;
import org.zkc.stablehlo.program.HloType;
import org.zkc.torchscript.lower.Binding;

/**
 * Slices of known sizes at computed places (StableHLO specification, "dynamic_slice",
 * "dynamic_update_slice"). Places are moved into range.
 */
final class DynamicOperations {
  static final Map<String, HloOperator> TABLE =
      Map.of(
          "stablehlo.dynamic_slice", HloOperator.one(DynamicOperations::slice),
          "stablehlo.dynamic_update_slice", HloOperator.one(DynamicOperations::update));

  private DynamicOperations() {}

  private static Held slice(HloCall call) {
    HloType.TensorOf type = call.type(0);
    List<Long> sizes = call.integers("slice_sizes", type.rank(), 1);
    Binding x = call.whole(0);
    for (int d = 0; d < type.rank(); d++) {
      long extent = type.extents().get(d);
      long size = sizes.get(d);
      if (size < 0 || size > extent) {
        throw call.refused("a slice of %d of %d elements".formatted(size, extent));
      }
      if (size == extent) {
        continue;
      }
      Held start = call.operand(1 + d);
      if (start.number().isPresent()) {
        long from =
            Math.clamp(Long.parseLong(start.number().orElseThrow().text()), 0, extent - size);
        x = call.aten("slice", x, (long) d, from, from + size, 1L);
      } else {
        x = call.aten("index_select", x, (long) d, places(call, start, extent, size));
      }
    }
    return call.result(x);
  }

  private static Held update(HloCall call) {
    HloType.TensorOf type = call.type(0);
    HloType.TensorOf part = call.type(1);
    if (part.rank() != type.rank()) {
      throw call.refused("%s is no part of %s".formatted(part.text(), type.text()));
    }
    List<Integer> moved = new ArrayList<>();
    for (int d = 0; d < type.rank(); d++) {
      if (part.extents().get(d) > type.extents().get(d)) {
        throw call.refused("%s is no part of %s".formatted(part.text(), type.text()));
      }
      if (!part.extents().get(d).equals(type.extents().get(d))) {
        moved.add(d);
      }
    }
    if (moved.isEmpty()) {
      return call.result(call.whole(1));
    }
    // Dimensions that the part covers go last: they need no index.
    List<Integer> order = new ArrayList<>(moved);
    for (int d = 0; d < type.rank(); d++) {
      if (!moved.contains(d)) {
        order.add(d);
      }
    }
    List<Integer> back = new ArrayList<>(Collections.nCopies(order.size(), 0));
    for (int i = 0; i < order.size(); i++) {
      back.set(order.get(i), i);
    }
    List<Binding> indices = new ArrayList<>();
    for (int i = 0; i < moved.size(); i++) {
      int d = moved.get(i);
      List<Long> shape = new ArrayList<>(Collections.nCopies(moved.size(), 1L));
      shape.set(i, part.extents().get(d));
      indices.add(
          call.aten(
              "reshape",
              places(call, call.operand(2 + d), type.extents().get(d), part.extents().get(d)),
              shape));
    }
    Binding written =
        call.aten(
            "index_put",
            call.aten("permute", call.whole(0), order),
            indices,
            call.aten("permute", call.whole(1), order));
    return call.result(call.aten("permute", written, back));
  }

  /** The places of a slice along a dimension. */
  private static Binding places(HloCall call, Held start, long extent, long size) {
    Binding first =
        call.aten(
            "reshape",
            call.dtype(start.type()) == DType.I64
                ? start.binding()
                : call.aten("to", start.binding(), DType.I64),
            List.of(1L));
    Binding inside = call.aten("clamp", first, 0L, extent - size);
    long[] steps = new long[Math.toIntExact(size)];
    for (int i = 0; i < steps.length; i++) {
      steps[i] = i;
    }
    return size == 1 ? inside : call.aten("add", inside, call.constant(List.of(size), steps));
  }
}
