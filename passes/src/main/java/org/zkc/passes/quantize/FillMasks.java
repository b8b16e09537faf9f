package org.zkc.passes.quantize;

import java.util.List;
import org.zkc.ir.Level;
import org.zkc.ir.Program;
import org.zkc.ir.TensorData;
import org.zkc.ir.kernel.TaskRunner;
import org.zkc.passes.Lowering;
import org.zkc.passes.PassContext;
import org.zkc.passes.tensor.MaskFills;

/** Makes masks of huge addends by as many calibration samples as time allows to run. */
public final class FillMasks {
  /** The step by its name, with noise for samples; compilation takes the user's. */
  public static final Lowering LOWERING =
      new Lowering(
          "mask-fills",
          "Makes masks of addends that are 0 or huge and negative in all samples.",
          Level.TENSOR,
          Level.TENSOR,
          "",
          arguments -> {
            if (!arguments.isEmpty()) {
              throw new IllegalArgumentException("mask-fills takes no arguments");
            }
            return (program, context) ->
                apply(program, DefaultCalibration.samples(program), context, TaskRunner.CALLER);
          });

  private FillMasks() {}

  /**
   * The program with masks; the same program where samples show none.
   *
   * @param samples each with one tensor per parameter of main
   */
  public static Program apply(
      Program program, List<List<TensorData>> samples, PassContext context, TaskRunner tasks) {
    return MaskFills.apply(program, ChannelBalance.affordable(program, samples), context, tasks);
  }
}
