package org.zkc.runtime.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
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
  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description =
          "A program in text form, or StableHLO text; with --check, files or folders of the"
              + " latter.")
  private List<Path> files = new ArrayList<>();

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
          "Run a StableHLO program that checks itself by the tensor interpreter, and say whether it"
              + " agrees.")
  private boolean check;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (check) {
      return check();
    }
    if (files.size() > 1) {
      throw new UserException("passes run on one program; only --check takes several");
    }
    Path file = files.getFirst();
    new DistinctFiles().reads("FILE", file).writes("--out", out);
    Program program = IrFiles.readForPasses(file);
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

  /** Runs every file; a difference decides the exit code before a refusal does. */
  private int check() throws IOException {
    if (!passes.isEmpty() || out != null) {
      throw new UserException("--check runs a program as it is; leave --passes and --out out");
    }
    PrintWriter print = spec.commandLine().getOut();
    int agree = 0;
    int refused = 0;
    int differ = 0;
    for (Path file : programs()) {
      List<SelfCheckRun.Checked> all = SelfCheckRun.all(file);
      for (SelfCheckRun.Checked each : all) {
        switch (each.outcome()) {
          case SelfCheckRun.Outcome.Agrees _ -> agree++;
          case SelfCheckRun.Outcome.Refused _ -> refused++;
          case SelfCheckRun.Outcome.Differs _ -> differ++;
        }
        String function = all.size() == 1 ? "" : " @" + each.function();
        print.println("%s%s: %s".formatted(file, function, each.outcome().text()));
      }
    }
    if (agree + refused + differ != 1) {
      print.println("%d agree, %d refused, %d differ".formatted(agree, refused, differ));
    }
    return differ > 0 ? ExitCode.INVALID : refused > 0 ? ExitCode.USER : ExitCode.OK;
  }

  /** The files, and in place of a folder the texts of StableHLO in it, by name. */
  private List<Path> programs() throws IOException {
    List<Path> out = new ArrayList<>();
    for (Path file : files) {
      if (!Files.isDirectory(file)) {
        FileErrors.requireReadable(file);
        out.add(file);
        continue;
      }
      try (Stream<Path> inside = Files.list(file)) {
        List<Path> texts = inside.filter(f -> f.toString().endsWith(".mlir")).sorted().toList();
        if (texts.isEmpty()) {
          throw new UserException("%s holds no file *.mlir".formatted(file));
        }
        out.addAll(texts);
      }
    }
    return out;
  }
}
