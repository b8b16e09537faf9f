package org.zkc.stablehlo.lower;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.zkc.ir.DType;
import org.zkc.stablehlo.program.Block;
import org.zkc.stablehlo.program.HloAttribute;
import org.zkc.torchscript.lower.Binding;

/**
 * Calls of code outside of the text (StableHLO specification, "custom_call"), where exporters write
 * marks that mean nothing on one device, or operations that StableHLO has no name for.
 */
final class ForeignCallOperations {
  static final Map<String, HloOperator> TABLE =
      Map.of("stablehlo.custom_call", ForeignCallOperations::lower);

  /** The prefix of the names of calls by which older exporters write operations of CHLO. */
  private static final String MHLO = "mhlo.";

  private ForeignCallOperations() {}

  private static List<Held> lower(HloCall call) {
    String target =
        call.required("call_target_name") instanceof HloAttribute.StringValue name
            ? name.value()
            : "";
    return switch (target) {
      case "Sharding",
          "SPMDFullToShardShape",
          "SPMDShardToFullShape",
          "LayoutConstraint",
          "annotate_device_placement",
          "xla.sdy.FuncResultSharding" ->
          call.operands();
      case "shape_assertion" -> asserted(call);
      case "ApproxTopK" -> approximateTopK(call);
      case "mhlo.topk" -> {
        if (call.attribute("mhlo.attributes").orElse(null) instanceof HloAttribute.Dictionary given
            && given.entries().get("largest") instanceof HloAttribute.BooleanValue largest
            && !largest.value()) {
          throw call.refused("the least elements; negate them and take the greatest");
        }
        yield HloOperators.named(call, "chlo.top_k", "mhlo.attributes").orElseThrow();
      }
      default ->
          (target.startsWith(MHLO)
                  ? HloOperators.named(
                      call, "chlo." + target.substring(MHLO.length()), "mhlo.attributes")
                  : Optional.<List<Held>>empty())
              .orElseThrow(() ->
                  call.refused(
                      "%s is code outside of the text, which cannot be proved".formatted(target)));
    };
  }

  /** A statement of JAX about extents, which is known with fixed shapes. */
  private static List<Held> asserted(HloCall call) {
    Optional<Double> holds = call.operand(0).number().flatMap(Elementwise::value);
    if (holds.isEmpty()) {
      throw call.refused("what it states is not known; export with fixed shapes");
    }
    if (holds.orElseThrow() == 0) {
      throw call.refused("what it states of the shapes does not hold");
    }
    return List.of();
  }

  /**
   * The greatest or least elements along a dimension and what stands beside them ({@code
   * jax.lax.approx_max_k}). Found exactly, as they are where {@code is_fallback} is set.
   */
  private static List<Held> approximateTopK(HloCall call) {
    Map<String, HloAttribute> given =
        call.required("mhlo.backend_config") instanceof HloAttribute.Dictionary dictionary
            ? dictionary.entries()
            : Map.of();
    if (call.operandCount() != 4
        || !(given.get("top_k") instanceof HloAttribute.IntegerValue k)
        || !(given.get("reduction_dim") instanceof HloAttribute.IntegerValue dimension)
        || !(given.get("aggregate_to_topk") instanceof HloAttribute.BooleanValue aggregated)
        || !aggregated.value()) {
      throw call.refused(
          "ApproxTopK is proved of one tensor with its indices, with aggregate_to_topk = true");
    }
    int rank = call.type(0).rank();
    long asked = dimension.value();
    int d = call.dimension(asked < 0 ? asked + rank : asked, rank);
    long extent = call.type(0).extents().get(d);
    if (k.value() < 0 || k.value() > extent) {
      throw call.refused("the greatest %d of %d elements".formatted(k.value(), extent));
    }
    List<Binding> top =
        call.atenAll("topk", "", call.whole(0), k.value(), (long) d, descends(call), true);
    DType dtype = call.dtype(call.resultType(1));
    Binding beside =
        Definitions.isIota(call, call.operand(1), d)
            ? call.aten("to", top.getLast(), dtype)
            : call.aten("gather", call.whole(1), (long) d, top.getLast());
    return List.of(
        Held.whole(top.getFirst(), call.resultType(0)), Held.whole(beside, call.resultType(1)));
  }

  /** Whether the comparator that the call names puts the greater element first. */
  private static boolean descends(HloCall call) {
    if (call.required("called_computations") instanceof HloAttribute.ListValue list
        && list.elements().size() == 1
        && list.elements().getFirst() instanceof HloAttribute.SymbolReference symbol) {
      Optional<Block> body = call.block().module().function(symbol.root(), call.location()).body();
      Optional<Comparator.Order> order = body.flatMap(b -> Comparator.of(b, Map.of(), 2));
      if (order.filter(o -> o.keys().equals(List.of(0))).isPresent()) {
        return order.orElseThrow().descending();
      }
    }
    throw call.refused("its comparator is none of less and greater of its first operand");
  }
}
