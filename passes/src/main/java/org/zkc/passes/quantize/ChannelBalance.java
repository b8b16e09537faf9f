package org.zkc.passes.quantize;

import java.util.ArrayList;
import java.util.List;
import org.zkc.ir.Level;
import org.zkc.ir.Program;
import org.zkc.ir.TensorData;
import org.zkc.ir.kernel.TaskRunner;
import org.zkc.passes.Lowering;
import org.zkc.passes.PassContext;
import org.zkc.passes.tensor.BalanceChannels;

/** Moves factors between channels by as many calibration samples as time allows to run. */
public final class ChannelBalance {
  /** The step by its name, with noise for samples; compilation takes the user's. */
  public static final Lowering LOWERING =
      new Lowering(
          "balance-channels",
          "Moves factors between the maps around attention and gates, by the ranges of samples.",
          Level.TENSOR,
          Level.TENSOR,
          "",
          arguments -> {
            if (!arguments.isEmpty()) {
              throw new IllegalArgumentException("balance-channels takes no arguments");
            }
            return (program, context) ->
                apply(program, DefaultCalibration.samples(program), context, TaskRunner.CALLER);
          });

  /** Multiplications that runs on samples may take. */
  private static final long BUDGET = 100_000_000_000L;

  private ChannelBalance() {}

  /**
   * The program with factors moved; the same program where there are none to move.
   *
   * @param samples each with one tensor per parameter of main
   */
  public static Program apply(
      Program program, List<List<TensorData>> samples, PassContext context, TaskRunner tasks) {
    return BalanceChannels.apply(program, affordable(program, samples), context, tasks);
  }

  /** The samples that time allows to run. */
  static List<List<TensorData>> affordable(Program program, List<List<TensorData>> samples) {
    int count =
        (int) Math.clamp(BUDGET / Math.max(1, Multiplications.of(program)), 1, samples.size());
    List<List<TensorData>> some = new ArrayList<>();
    for (int s = 0; s < count && !samples.isEmpty(); s++) {
      some.add(samples.get((int) ((long) s * samples.size() / count)));
    }
    return some;
  }
}
