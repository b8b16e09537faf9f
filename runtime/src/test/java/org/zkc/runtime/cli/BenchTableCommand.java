package org.zkc.runtime.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.zkc.ir.UserException;
import org.zkc.passes.circuit.ConvolutionPolicy;
import org.zkc.runtime.bench.BenchmarkFigures;
import org.zkc.runtime.bench.BenchmarkModel;
import org.zkc.runtime.bench.BenchmarkRequest;
import org.zkc.runtime.bench.BenchmarkTarget;
import org.zkc.runtime.bench.ModelBenchmark;
import org.zkc.runtime.bench.ProofFigures;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zkc bench table}. */
@Command(
    name = "table",
    description =
        "Measure the rows of the table of models in docs/performance.md, and print it as Markdown.",
    sortOptions = false)
final class BenchTableCommand implements Callable<Integer> {
  /** Model, threads, samples in one proof. */
  private record Row(BenchmarkModel model, int threads, int samples) {}

  private static final List<Row> ROWS =
      List.of(
          new Row(BenchmarkModel.LENET5, 1, 1),
          new Row(BenchmarkModel.VGG16, 1, 1),
          new Row(BenchmarkModel.VGG16, 2, 1),
          new Row(BenchmarkModel.VGG16, 1, 16),
          new Row(BenchmarkModel.TRANSFORMER, 1, 1),
          new Row(BenchmarkModel.RESNET50, 1, 1),
          new Row(BenchmarkModel.RESNET50, 2, 1));

  @Parameters(
      paramLabel = "MODEL",
      arity = "0..*",
      description = "Models of the table; default: all.")
  private List<String> names = new ArrayList<>();

  @Option(names = "--no-cold", description = "Leave out the proofs by whole processes.")
  private boolean noCold;

  @Option(names = "--json", description = "Print JSON, for zkc bench compare.")
  private boolean json;

  @Option(names = "--progress", paramLabel = "MODE", description = "auto, plain or none.")
  private ProgressMode progress = ProgressMode.AUTO;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    List<Row> rows = ROWS.stream().filter(r -> isNamed(r.model())).toList();
    if (rows.isEmpty()) {
      throw new UserException(
          "the table has none of these models; it has "
              + String.join(", ", ROWS.stream().map(r -> r.model().label()).distinct().toList()));
    }
    PrintWriter out = spec.commandLine().getOut();
    List<Object> report = new ArrayList<>();
    if (!json) {
      out.println(Machine.text());
      out.println();
      out.println(
          "| model | threads | samples | bits of weights, of activations | R^2 | prove, warm |"
              + " bound | processor time | cold process | verify | proof | peak, first proof |"
              + " security |");
      out.println("| --- ".repeat(13) + "|");
    }
    for (Row row : rows) {
      BenchmarkTarget target = new BenchmarkTarget.Generated(row.model());
      BenchmarkFigures figures;
      try (ProgressDisplay display = ProgressDisplay.of(progress, spec.commandLine().getErr())) {
        figures =
            new ModelBenchmark(
                    request(row, target),
                    noCold ? Optional.empty() : Optional.<Class<?>>of(Main.class))
                .measure(target, what -> display.report(what, 0));
      }
      if (json) {
        report.add(new BenchReport(figures, target.bounds(), row.threads()).json());
      } else {
        out.println(line(row, figures));
        out.flush();
      }
    }
    if (json) {
      out.println(JsonText.of(report));
    }
    return ExitCode.OK;
  }

  private boolean isNamed(BenchmarkModel model) {
    return names.isEmpty() || names.contains(model.label());
  }

  private static BenchmarkRequest request(Row row, BenchmarkTarget target) {
    return new BenchmarkRequest(
        List.of(),
        List.of(),
        ConvolutionPolicy.AUTO,
        Set.of(),
        row.threads(),
        row.samples(),
        target.isLarge() ? 1 : 3,
        target.isLarge() ? 3 : 5,
        "");
  }

  private static String line(Row row, BenchmarkFigures figures) {
    ProofFigures f = figures.proof();
    return String.format(
        Locale.ROOT,
        "| %s | %d | %d | %.1f, %.1f | %.4f | %s | %s | %s | %s | %s | %s | %s | %.1f bits |",
        row.model().label(),
        row.threads(),
        row.samples(),
        f.weightBits(),
        f.activationBits(),
        f.fidelity(),
        Figures.time(f.prove()),
        Figures.time(f.boundSeconds()),
        row.threads() == 1 ? Figures.time(f.proveCpu()) : "",
        figures.coldSeconds() > 0 ? Figures.time(figures.coldSeconds()) : "",
        Figures.time(f.verify()),
        Figures.bytes(f.proofBytes()),
        Figures.bytes(f.peakBytes()),
        f.securityBits());
  }
}
