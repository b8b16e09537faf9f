package org.zkc.stablehlo.lower;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.zkc.stablehlo.program.HloAttribute;
import org.zkc.torchscript.lower.Binding;

/**
 * Batch normalisation (StableHLO specification, "batch_norm_inference", "batch_norm_training";
 * torch_xla writes layer norms as the latter).
 */
final class NormalizationOperations {
  static final Map<String, HloOperator> TABLE =
      Map.of(
          "stablehlo.batch_norm_inference",
          HloOperator.one(NormalizationOperations::inference),
          "stablehlo.batch_norm_training",
          NormalizationOperations::training);

  private NormalizationOperations() {}

  private static double epsilon(HloCall call) {
    if (call.required("epsilon") instanceof HloAttribute.RealValue value) {
      return value.value();
    }
    throw call.refused("its epsilon is no number");
  }

  /** (input, scale, offset, mean, variance). */
  private static Held inference(HloCall call) {
    int rank = call.type(0).rank();
    int feature = call.dimension("feature_index", rank);
    List<Long> order = new ArrayList<>(List.of((long) feature));
    for (long d = 0; d < rank; d++) {
      if (d != feature) {
        order.add(d);
      }
    }
    // [1, features, everything else], which has a batch norm's layout for every rank.
    long features = call.type(0).extents().get(feature);
    long rest = features == 0 ? 0 : call.type(0).elementCount() / features;
    Binding x = call.aten("permute", call.whole(0), order);
    Binding flat = call.aten("reshape", x, List.of(1L, features, rest));
    Binding norm =
        call.aten(
            "batch_norm",
            flat,
            Optional.of(call.whole(1)),
            Optional.of(call.whole(2)),
            Optional.of(call.whole(3)),
            Optional.of(call.whole(4)),
            false,
            0.1,
            epsilon(call),
            false);
    List<Long> shape = order.stream().map(d -> call.type(0).extents().get(d.intValue())).toList();
    List<Long> back = new ArrayList<>(Collections.nCopies(rank, 0L));
    for (int i = 0; i < rank; i++) {
      back.set(order.get(i).intValue(), (long) i);
    }
    return call.result(call.aten("permute", call.aten("reshape", norm, shape), back));
  }

  /** (input, scale, offset): the result, and mean and variance over all but the features. */
  private static List<Held> training(HloCall call) {
    int rank = call.type(0).rank();
    int feature = call.dimension("feature_index", rank);
    List<Long> others = new ArrayList<>();
    List<Long> shape = new ArrayList<>(Collections.nCopies(rank, 1L));
    for (long d = 0; d < rank; d++) {
      if (d != feature) {
        others.add(d);
      }
    }
    shape.set(feature, call.type(0).extents().get(feature));
    Binding x = call.whole(0);
    Binding mean = call.aten("mean", x, others, true);
    Binding centred = call.aten("sub", x, mean);
    Binding variance = call.aten("mean", call.aten("mul", centred, centred), others, true);
    Binding normal =
        lines(call.type(0).extents(), feature)
            .map(extents ->
                call.aten(
                    "layer_norm",
                    x,
                    extents,
                    Optional.empty(),
                    Optional.empty(),
                    epsilon(call),
                    false))
            .orElseGet(() ->
                call.aten(
                    "mul", centred, call.aten("rsqrt", call.aten("add", variance, epsilon(call)))));
    Binding scaled =
        isAll(call.operand(1), 1)
            ? normal
            : call.aten("mul", normal, call.aten("reshape", call.whole(1), shape));
    Binding moved =
        isAll(call.operand(2), 0)
            ? scaled
            : call.aten("add", scaled, call.aten("reshape", call.whole(2), shape));
    List<Long> features = List.of(shape.get(feature));
    return List.of(
        Held.whole(moved, call.resultType(0)),
        Held.whole(call.aten("reshape", mean, features), call.resultType(1)),
        Held.whole(call.aten("reshape", variance, features), call.resultType(2)));
  }

  /**
   * The extents of all dimensions behind that of the features, where those before it have one place
   * each, so that a feature's elements are a line of the tensor: a layer norm, as torch_xla writes
   * it.
   */
  private static Optional<List<Long>> lines(List<Long> extents, int feature) {
    boolean isLine =
        feature + 1 < extents.size()
            && extents.subList(0, feature).stream().allMatch(n -> n == 1)
            && extents.stream().allMatch(n -> n > 0);
    return isLine ? Optional.of(extents.subList(feature + 1, extents.size())) : Optional.empty();
  }

  /** Whether all elements of a value are a number that the text tells. */
  private static boolean isAll(Held value, double number) {
    return value.number().flatMap(Elementwise::value).filter(v -> v == number).isPresent();
  }
}
