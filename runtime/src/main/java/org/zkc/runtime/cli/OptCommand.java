package org.zkc.runtime.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.zkc.ir.Program;
import org.zkc.ir.UserException;
import org.zkc.ir.text.Printer;
import org.zkc.passes.PassContext;
import org.zkc.passes.PassListener;
import org.zkc.passes.PassManager;
import org.zkc.runtime.artifact.FileErrors;
import org.zkc.runtime.compile.IrFiles;
import org.zkc.runtime.compile.SelfCheckRun;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zkc opt}. */
@Command(
    name = "opt",
    description = "Run passes on IR text and print the result.",
    sortOptions = false)
final class OptCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "A program in text form; with --check, FILE.mlir.")
  private Path file;

  @Option(
      names = "--passes",
      split = ",",
      paramLabel = "PASS",
      description =
          "Passes and lowerings in order, separated by commas; zkc ops --passes lists them.")
  private List<String> passes = new ArrayList<>();

  @Option(
      names = {"-o", "--out"},
      paramLabel = "FILE",
      description = "Write to a file instead of stdout.")
  private Path out;

  @Option(names = "--explain", description = "Print what the passes counted, on stderr.")
  private boolean explain;

  @Option(
      names = "--check",
      description =
          "Run a StableHLO program that checks itself by the tensor interpreter, and say whether it agrees.")
  private boolean check;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (check) {
      return check();
    }
    new DistinctFiles().reads("FILE", file).writes("--out", out);
    Program program = IrFiles.read(file);
    PassManager manager = new PassManager(Set.of(), PassListener.NONE, new PassContext());
    Program result = manager.run(program, passes.toArray(String[]::new));
    if (explain) {
      PrintWriter err = spec.commandLine().getErr();
      manager
          .context()
          .statistics()
          .forEach((name, n) -> err.println("%-40s %s".formatted(name, Figures.count(n))));
    }
    if (out == null) {
      spec.commandLine().getOut().print(Printer.print(result));
    } else {
      IrFiles.write(out, result);
    }
    return ExitCode.OK;
  }

  private int check() {
    if (!passes.isEmpty() || out != null) {
      throw new UserException("--check runs a program as it is; leave --passes and --out out");
    }
    FileErrors.requireReadable(file);
    SelfCheckRun.Outcome outcome = SelfCheckRun.of(file);
    spec.commandLine().getOut().println("%s: %s".formatted(file, outcome.text()));
    return outcome instanceof SelfCheckRun.Outcome.Agrees ? ExitCode.OK : ExitCode.USER;
  }
}
