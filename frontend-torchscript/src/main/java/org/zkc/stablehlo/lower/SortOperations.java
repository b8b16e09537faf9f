package org.zkc.stablehlo.lower;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.zkc.ir.DType;
import org.zkc.torchscript.lower.Binding;

/**
 * Sorting (StableHLO specification, "sort"; CHLO, "top_k"). Comparators are recognised by what they
 * do ({@link Comparator}); ties keep their order, whether or not that is asked for.
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
                call.refused("its comparator is none of less and greater of one operand"));
    int rank = call.type(0).rank();
    long asked = call.integer("dimension", -1);
    int d = call.dimension(asked < 0 ? asked + rank : asked, rank);
    List<Binding> sorted =
        call.writer()
            .call(
                "aten.sort",
                "stable",
                List.of(call.whole(order.key())),
                Map.of(
                    "stable",
                    Binding.Literal.of(true),
                    "dim",
                    Binding.Literal.of((long) d),
                    "descending",
                    Binding.Literal.of(order.descending())),
                "sorted",
                call.location());
    List<Held> out = new ArrayList<>();
    for (int i = 0; i < call.operandCount(); i++) {
      Binding moved;
      if (i == order.key()) {
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

  /** The greatest elements along the last dimension, in order, and their places. */
  private static List<Held> topK(HloCall call) {
    List<Binding> top =
        call.atenAll("topk", "", call.whole(0), call.integer("k"), -1L, true, true);
    return List.of(
        Held.whole(top.getFirst(), call.resultType(0)),
        Held.whole(
            call.aten("to", top.getLast(), call.dtype(call.resultType(1))), call.resultType(1)));
  }
}
