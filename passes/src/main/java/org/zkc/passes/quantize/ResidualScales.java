package org.zkc.passes.quantize;

import java.util.List;
import org.zkc.ir.Level;
import org.zkc.ir.Program;
import org.zkc.ir.TensorData;
import org.zkc.ir.kernel.TaskRunner;
import org.zkc.passes.Lowering;
import org.zkc.passes.PassContext;
import org.zkc.passes.tensor.ScaleResidual;

/** Gives the channels of residual streams factors, by the calibration samples. */
public final class ResidualScales {
  /** The step by its name, with noise for samples; compilation takes the user's. */
  public static final Lowering LOWERING =
      new Lowering(
          "scale-residual",
          "Divides channels of massive activations in residual streams by powers of two.",
          Level.TENSOR,
          Level.TENSOR,
          "",
          arguments -> {
            if (!arguments.isEmpty()) {
              throw new IllegalArgumentException("scale-residual takes no arguments");
            }
            return (program, context) ->
                apply(program, DefaultCalibration.samples(program), context, TaskRunner.CALLER);
          });

  private ResidualScales() {}

  /**
   * The program with factors moved; the same program where there are none to move.
   *
   * @param samples each with one tensor per parameter of main
   */
  public static Program apply(
      Program program, List<List<TensorData>> samples, PassContext context, TaskRunner tasks) {
    return ScaleResidual.apply(
        program, ChannelBalance.affordable(program, samples), context, tasks);
  }
}
