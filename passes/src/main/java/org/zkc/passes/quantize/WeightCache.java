package org.zkc.passes.quantize;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.zkc.ir.integer.IntegerWeights;
import org.zkc.ir.tensor.TensorOp;

/**
 * The values that lowerings of one program at several precisions share: statistics of the real
 * weights, and weights rounded in the same way. A further candidate so reads only the weights that
 * it rounds in another way.
 */
final class WeightCache {
  private final Map<TensorOp, WeightStatistics> statistics = new IdentityHashMap<>();
  private final Map<TensorOp, Optional<WeightGrid>> grids = new IdentityHashMap<>();
  private final Map<TensorOp, Map<Rounding, Rounded>> rounded = new IdentityHashMap<>();

  /**
   * The rounding of a linear map's weights: all that the integers and the bias depend on.
   *
   * @param restBits of what rounding takes from them, 0 where that is left out
   */
  record Rounding(double inputScale, double scale, int bits, boolean isGenerous, int restBits) {}

  /**
   * Integer weights, and the bias with what their rounding takes from the output at the inputs'
   * mean.
   *
   * @param rests of the weights, in units finer by the rounding's bits
   * @param bias one per output; null where the map has none
   */
  record Rounded(
      IntegerWeights weights, Optional<IntegerWeights> rests, double @Nullable [] bias) {}

  WeightStatistics statistics(TensorOp map, Supplier<WeightStatistics> find) {
    return statistics.computeIfAbsent(map, m -> find.get());
  }

  Optional<WeightGrid> grid(TensorOp map, Supplier<Optional<WeightGrid>> find) {
    return grids.computeIfAbsent(map, m -> find.get());
  }

  Rounded rounded(TensorOp map, Rounding rounding, Supplier<Rounded> round) {
    return rounded
        .computeIfAbsent(map, m -> new HashMap<>())
        .computeIfAbsent(rounding, r -> round.get());
  }
}
