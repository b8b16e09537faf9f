package org.zkc.passes.quantize;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.zkc.ir.OpSpec;
import org.zkc.ir.integer.IntegerWeights;
import org.zkc.ir.kernel.TaskRunner;
import org.zkc.ir.tensor.Activation;
import org.zkc.ir.tensor.TensorOp;

/**
 * The values that lowerings of one program at several precisions share: statistics of the real
 * weights, weights rounded in the same way, and tables. A further candidate so reads only the
 * weights that it rounds in another way, and layers that share a table compute it once.
 */
final class WeightCache {
  private final TaskRunner tasks;
  private final Map<TensorOp, WeightStatistics> statistics = new IdentityHashMap<>();
  private final Map<TensorOp, Optional<WeightGrid>> grids = new IdentityHashMap<>();
  private final Map<TensorOp, Map<Rounding, Rounded>> rounded = new IdentityHashMap<>();

  private final Map<TableKey, TableEntries> tables = new HashMap<>();

  /** All that the entries of a function's table depend on. */
  private record TableKey(
      Class<?> function,
      Map<String, Object> parameters,
      double inputScale,
      long first,
      long last,
      Quantum output) {}

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

  /**
   * @param tasks to round several channels at a time
   */
  WeightCache(TaskRunner tasks) {
    this.tasks = tasks;
  }

  TaskRunner tasks() {
    return tasks;
  }

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

  /**
   * The table of a function.
   *
   * @param inputScale of the integers from {@code first} to {@code last}
   */
  TableEntries table(Activation op, double inputScale, long first, long last, Quantum output) {
    TableKey key =
        new TableKey(op.getClass(), OpSpec.of(op).attributes(op), inputScale, first, last, output);
    return tables.computeIfAbsent(
        key, k -> TableEntries.of(op.operator(), inputScale, first, last, output));
  }
}
