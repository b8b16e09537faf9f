package org.zkc.runtime.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.zkc.runtime.bench.BenchmarkModel;
import org.zkc.runtime.bench.PassAblation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zkc bench passes}. */
@Command(
    name = "passes",
    description =
        "Switch each optimisation off in turn and print what it is worth: processor time of a"
            + " proof, proof size, lookups, products proved one by one, memory allocated,"
            + " fidelity.",
    sortOptions = false)
final class BenchPassesCommand implements Callable<Integer> {
  private static final List<String> MODELS =
      List.of("lenet5", "handwritten", "depthwise", "longconv");

  @Parameters(
      paramLabel = "NAME",
      arity = "0..*",
      description = "Models of zkc bench; default: lenet5 handwritten depthwise longconv.")
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--warm-ups",
      paramLabel = "N",
      description = "Proofs before measuring; default: 3.")
  private int warmUps = 3;

  @Option(names = "--runs", paramLabel = "N", description = "Proofs measured; default: 5.")
  private int runs = 5;

  @Option(names = "--markdown", description = "Print tables for the documentation.")
  private boolean markdown;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Option(names = "--progress", paramLabel = "MODE", description = "auto, plain or none.")
  private ProgressMode progress = ProgressMode.AUTO;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    List<BenchmarkModel> models =
        (names.isEmpty() ? MODELS : names)
            .stream().flatMap(n -> BenchmarkModel.named(n).stream()).toList();
    Map<String, Object> report = new LinkedHashMap<>();
    int total = models.size() * PassAblation.variants().size();
    try (ProgressDisplay display = ProgressDisplay.of(progress, spec.commandLine().getErr())) {
      int[] step = {0};
      for (BenchmarkModel model : models) {
        List<PassAblation.Row> rows =
            new PassAblation(warmUps, runs)
                .measure(
                    model, what -> display.report(what, Math.min(1, (double) step[0]++ / total)));
        if (json) {
          report.put(model.label(), rows);
        } else if (markdown) {
          markdown(out, model, rows);
        } else {
          text(out, model, rows);
        }
        out.flush();
      }
    }
    if (json) {
      out.println(JsonText.of(report));
    }
    return ExitCode.OK;
  }

  private static void text(PrintWriter out, BenchmarkModel model, List<PassAblation.Row> rows) {
    PassAblation.Row on = rows.getFirst();
    out.println(model.label());
    out.println(
        "  %-34s %18s %18s %20s %12s %12s %8s"
            .formatted("off", "prove", "proof", "lookups", "products", "allocated", "R^2"));
    for (PassAblation.Row row : rows) {
      if (!row.failure().isEmpty()) {
        out.println("  %-34s %s".formatted(row.variant(), row.failure()));
      } else if (row != on && row.isLike(on)) {
        out.println("  %-34s changes nothing here".formatted(row.variant()));
      } else {
        out.println(
            "  %-34s %18s %18s %20s %12s %12s %8s"
                .formatted(
                    row.variant(),
                    Figures.time(row.proveCpu()) + factor(row.proveCpu(), on.proveCpu()),
                    Figures.bytes(row.proofBytes()) + factor(row.proofBytes(), on.proofBytes()),
                    Figures.count(row.lookups()) + factor(row.lookups(), on.lookups()),
                    Figures.count(row.multiplicationsProved()),
                    Figures.bytes(row.allocatedBytes()),
                    fidelity(row)));
      }
    }
  }

  private static String fidelity(PassAblation.Row row) {
    return String.format(Locale.ROOT, "%.4f", row.rSquared());
  }

  private static void markdown(PrintWriter out, BenchmarkModel model, List<PassAblation.Row> rows) {
    PassAblation.Row on = rows.getFirst();
    List<String> idle = new ArrayList<>();
    out.println("`%s`:".formatted(model.label()));
    out.println();
    out.println("| off | prove | proof | lookups | products | allocated | R^2 |");
    out.println("| --- | --- | --- | --- | --- | --- | --- |");
    for (PassAblation.Row row : rows) {
      if (!row.failure().isEmpty()) {
        out.println("| %s | %s | | | | | |".formatted(row.variant(), row.failure()));
      } else if (row != on && row.isLike(on)) {
        idle.add("`" + row.variant() + "`");
      } else {
        out.println(
            "| %s | %s%s | %s%s | %s%s | %s | %s | %s |"
                .formatted(
                    row == on ? row.variant() : "`" + row.variant() + "`",
                    Figures.time(row.proveCpu()),
                    factor(row.proveCpu(), on.proveCpu()),
                    Figures.bytes(row.proofBytes()),
                    factor(row.proofBytes(), on.proofBytes()),
                    Figures.count(row.lookups()),
                    factor(row.lookups(), on.lookups()),
                    Figures.count(row.multiplicationsProved()),
                    Figures.bytes(row.allocatedBytes()),
                    fidelity(row)));
      }
    }
    out.println();
    if (!idle.isEmpty()) {
      out.println("Without effect on it: %s.".formatted(String.join(", ", idle)));
      out.println();
    }
  }

  /** {@code (x 1.25)}; nothing where the two are the same. */
  private static String factor(double value, double reference) {
    return value == reference || reference == 0
        ? ""
        : String.format(Locale.ROOT, " (x %.2f)", value / reference);
  }
}
