package org.zkc.runtime.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.zkc.ir.UserException;
import org.zkc.runtime.artifact.ModelFile;
import org.zkc.runtime.execute.Execution;
import org.zkc.runtime.numpy.ArrayFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zkc run}. */
@Command(name = "run", description = "Run a compiled model on inputs, without a proof: exactly what would be proved.", sortOptions = false)
final class RunCommand implements Callable<Integer> {
  @Parameters(paramLabel = "MODEL.zkc", description = "What zkc compile wrote.")
  private Path model;

  @Option(
      names = "--input",
      required = true,
      paramLabel = "FILE",
      description = "An input (.npy; repeat in forward's order, NAME=FILE, or one .npz).")
  private List<String> inputs = new ArrayList<>();

  @Option(names = "--output", paramLabel = "FILE", description = "Write the outputs (.npy, repeated, or one .npz).")
  private List<String> outputs = new ArrayList<>();

  @Option(names = "--reference", paramLabel = "MODEL.pt", description = "Also run this archive in PyTorch and print the distance.")
  private Path reference;

  @Option(names = "--threads", paramLabel = "N", description = "Threads; default: all cores.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Threads.check(threads);
    if (reference != null) {
      throw new UserException("--reference does not exist yet: compare with PyTorch in Python, on the file that --output writes");
    }
    Execution execution = new Execution(ModelFile.open(model));
    Execution.Result result = execution.run(execution.quantize(inputs), threads);
    PrintWriter out = spec.commandLine().getOut();
    if (!outputs.isEmpty() && ArrayFiles.write(outputs, result.outputs(), "--output")) {
      spec.commandLine()
          .getErr()
          .println(
              "note: the model has %d outputs; --output took the first %d"
                  .formatted(result.outputs().size(), outputs.size()));
    }
    result
        .outputs()
        .forEach((name, array) -> out.println("%s: %s: %s".formatted(name, array.shape(), Figures.elements(array))));
    return ExitCode.OK;
  }
}
