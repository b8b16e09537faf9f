package org.zkc.runtime.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.zkc.ir.UserException;
import org.zkc.passes.circuit.ConvolutionPolicy;
import org.zkc.runtime.artifact.Codewords;
import org.zkc.runtime.bench.BenchmarkFigures;
import org.zkc.runtime.bench.BenchmarkModel;
import org.zkc.runtime.bench.BenchmarkRequest;
import org.zkc.runtime.bench.BenchmarkTarget;
import org.zkc.runtime.bench.ModelBenchmark;
import org.zkc.runtime.cost.MachineCosts;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zkc bench}. */
@Command(
    name = "bench",
    description =
        "Measure compiling, proving and verifying generated models or yours: medians after"
            + " warm-ups, from float input to proof bytes, beside what compile predicts.",
    subcommands = {
      BenchCircuitsCommand.class,
      BenchCompareCommand.class,
      BenchConvCommand.class,
      BenchFitCommand.class,
      BenchKernelsCommand.class,
      BenchPassesCommand.class,
      BenchScalingCommand.class,
      BenchTableCommand.class
    },
    sortOptions = false)
public final class BenchCommand implements Benchmarks {
  @Parameters(
      paramLabel = "NAME",
      arity = "0..*",
      description =
          "A model or group that --list names, an archive (.pt) or a compiled model (.zkc);"
              + " default: small.")
  private List<String> names = new ArrayList<>();

  @Option(names = "--list", description = "Print the models and groups.")
  private boolean list;

  @Option(
      names = "--input",
      paramLabel = "FILE",
      description = "An input of your model, as for prove.")
  private List<String> inputs = new ArrayList<>();

  @Option(
      names = "--calibration",
      paramLabel = "FILE",
      description = "Sample inputs of your archive, as for compile.")
  private List<String> calibration = new ArrayList<>();

  @Option(names = "--threads", paramLabel = "N", description = "Threads; default: 1.")
  private int threads = 1;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Samples in one proof, for generated models; default: 1.")
  private int samples = 1;

  @Option(
      names = "--warm-ups",
      paramLabel = "N",
      description = "Proofs before measuring; default: 3, or 1 beyond the group small.")
  private Integer warmUps;

  @Option(
      names = "--runs",
      paramLabel = "N",
      description = "Proofs measured; default: 5, or 3 beyond the group small.")
  private Integer runs;

  @Option(
      names = "--heap",
      paramLabel = "SIZE",
      description = "The proving process's largest heap, as 8g; default: the launcher's.")
  private String heap = "";

  @Option(names = "--no-cold", description = "Leave out the proof by a whole process of its own.")
  private boolean noCold;

  @Option(
      names = "--disable",
      paramLabel = "PASS",
      description = "Leave out an optimisation pass, to see what it brings.")
  private List<String> disabled = new ArrayList<>();

  @Option(
      names = "--conv",
      paramLabel = "FORM",
      description = "Convolutions as auto, direct or fft, as for compile; default auto.")
  private ConvolutionPolicy conv = ConvolutionPolicy.AUTO;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Option(names = "--progress", paramLabel = "MODE", description = "auto, plain or none.")
  private ProgressMode progress = ProgressMode.AUTO;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (list) {
      list(out);
      return ExitCode.OK;
    }
    Threads.check(threads);
    if (runs != null && runs < 1 || warmUps != null && warmUps < 0) {
      throw new UserException("--runs must be at least 1 and --warm-ups at least 0");
    }
    if (samples < 1) {
      throw new UserException("--batch must be at least 1");
    }
    List<BenchmarkTarget> targets =
        (names.isEmpty() ? List.of("small") : names)
            .stream().flatMap(n -> BenchmarkTarget.named(n).stream()).toList();
    MachineCosts costs = MachineCosts.read(Codewords.cache(System.getenv()));
    if (!costs.isSettled()) {
      costs.measure();
    }
    List<Object> report = new ArrayList<>();
    for (BenchmarkTarget target : targets) {
      BenchmarkFigures figures;
      try (ProgressDisplay display = ProgressDisplay.of(progress, spec.commandLine().getErr())) {
        int[] step = {0};
        figures =
            new ModelBenchmark(
                    request(target), noCold ? Optional.empty() : Optional.<Class<?>>of(Main.class))
                .measure(target, what -> display.report(what, Math.min(1, step[0]++ / 3.0)));
      }
      BenchReport one = new BenchReport(figures, target.bounds(), threads);
      if (json) {
        report.add(one.json());
      } else {
        one.print(out);
        out.flush();
      }
    }
    if (json) {
      out.println(JsonText.of(report));
    }
    return ExitCode.OK;
  }

  private BenchmarkRequest request(BenchmarkTarget target) {
    boolean generated = target instanceof BenchmarkTarget.Generated;
    return new BenchmarkRequest(
        generated ? List.of() : inputs,
        generated ? List.of() : calibration,
        conv,
        new HashSet<>(disabled),
        threads,
        samples,
        warmUps != null ? warmUps : target.isLarge() ? 1 : 3,
        runs != null ? runs : target.isLarge() ? 3 : 5,
        heap);
  }

  private static void list(PrintWriter out) {
    for (BenchmarkModel.Group group : BenchmarkModel.Group.values()) {
      out.println(group.name().toLowerCase(Locale.ROOT));
      for (BenchmarkModel model : BenchmarkModel.of(group)) {
        out.println(
            "  %-16s %15s parameters".formatted(model.label(), Figures.count(model.parameters())));
      }
    }
  }
}
