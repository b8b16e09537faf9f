package org.zkc.runtime.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.zkc.ir.kernel.ConvolutionMeasurement;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code zkc bench kernels}. */
@Command(
    name = "kernels",
    description =
        "Measure convolutions of the shapes that image models have, over the executor's integers"
            + " and calibration's floats, beside one tile whose operands are in the cache.",
    sortOptions = false)
final class BenchKernelsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    ConvolutionMeasurement.print(line -> {
      out.println(line);
      out.flush();
    });
    return ExitCode.OK;
  }
}
