package org.zkc.stablehlo.lower;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.zkc.ir.DType;
import org.zkc.stablehlo.program.HloType;
import org.zkc.torchscript.lower.Binding;

/**
 * Sorting (StableHLO specification, "sort"; CHLO, "top_k"). Comparators are recognised by their
 * behaviour ({@link Comparator}); ties keep their order, whether or not the program asks for that.
 */
final class SortOperations {
  static final Map<String, HloOperator> TABLE =
      Map.of("stablehlo.sort", SortOperations::sort, "chlo.top_k", SortOperations::topK);

  private SortOperations() {}

  private static List<Held> sort(HloCall call) {
    if (call.operandCount() == 0) {
      throw call.refused("it sorts nothing");
    }
    Comparator.Order order =
        Comparator.of(call.region(0), ScalarBody.constants(call), call.operandCount())
            .orElseThrow(() ->
                call.refused(
                    "its comparator is none of less and greater of operands in their order"));
    int rank = call.type(0).rank();
    long asked = call.integer("dimension", -1);
    int d = call.dimension(asked < 0 ? asked + rank : asked, rank);
    if (order.keys().size() > 1) {
      return byKeys(call, order, d);
    }
    int key = order.keys().getFirst();
    List<Binding> sorted = sorted(call, call.whole(key), call.type(key), d, order.descending());
    List<Held> out = new ArrayList<>();
    for (int i = 0; i < call.operandCount(); i++) {
      Binding moved;
      if (i == key) {
        moved = sorted.getFirst();
      } else if (Definitions.isIota(call, call.operand(i), d)) {
        DType dtype = call.dtype(call.type(i));
        moved = dtype == DType.I64 ? sorted.getLast() : call.aten("to", sorted.getLast(), dtype);
      } else {
        moved = call.aten("gather", call.whole(i), (long) d, sorted.getLast());
      }
      out.add(Held.whole(moved, call.resultType(i)));
    }
    return out;
  }

  /** A tensor in order, and the places of its elements before. */
  private static List<Binding> sorted(
      HloCall call, Binding x, HloType.TensorOf type, int d, boolean descending) {
    List<Binding> out =
        call.writer()
            .call(
                "aten.sort",
                "stable",
                List.of(signed(call, x, type)),
                Map.of(
                    "stable",
                    Binding.Literal.of(true),
                    "dim",
                    Binding.Literal.of((long) d),
                    "descending",
                    Binding.Literal.of(descending)),
                "sorted",
                call.location());
    return List.of(unsigned(call, out.getFirst(), type), out.getLast());
  }

  private static boolean isUnsigned(HloCall call, HloType.TensorOf type) {
    return call.dtype(type).isUnsigned();
  }

  /** Unsigned numbers as signed ones, since orders are made of differences. */
  private static Binding signed(HloCall call, Binding x, HloType.TensorOf type) {
    return isUnsigned(call, type) ? call.aten("to", x, DType.I64) : x;
  }

  /** Ordered numbers in their own type again, whose range intervals of differences do not tell. */
  private static Binding unsigned(HloCall call, Binding x, HloType.TensorOf type) {
    DType dtype = call.dtype(type);
    int bits = 8 * dtype.bytes();
    return !isUnsigned(call, type)
        ? x
        : call.aten(
            "to",
            bits > 16 ? call.aten("clamp_min", x, 0L) : call.aten("clamp", x, 0L, (1L << bits) - 1),
            dtype);
  }

  /** Sorts by the last key first: each sort keeps the order of equal elements. */
  private static List<Held> byKeys(HloCall call, Comparator.Order order, int d) {
    List<Binding> all = new ArrayList<>();
    for (int i = 0; i < call.operandCount(); i++) {
      all.add(call.whole(i));
    }
    for (int key : order.keys().reversed()) {
      Binding places = sorted(call, all.get(key), call.type(key), d, order.descending()).getLast();
      all.replaceAll(x -> call.aten("gather", x, (long) d, places));
    }
    List<Held> out = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      out.add(Held.whole(all.get(i), call.resultType(i)));
    }
    return out;
  }

  /** The greatest elements along the last dimension, in order, and their places. */
  private static List<Held> topK(HloCall call) {
    HloType.TensorOf type = call.type(0);
    List<Binding> top =
        call.atenAll(
            "topk", "", signed(call, call.whole(0), type), call.integer("k"), -1L, true, true);
    return List.of(
        Held.whole(unsigned(call, top.getFirst(), type), call.resultType(0)),
        Held.whole(
            call.aten("to", top.getLast(), call.dtype(call.resultType(1))), call.resultType(1)));
  }
}
