package org.zkc.runtime.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.zkc.ir.UserException;
import org.zkc.runtime.bench.BenchmarkModel;
import org.zkc.runtime.bench.ModelBenchmark;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zkc bench}. */
@Command(
    name = "bench",
    description =
        "Measure proving and verifying generated models: median of 5 after 3 warm-ups, from float"
            + " input to proof bytes.",
    sortOptions = false)
final class BenchCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "NAME",
      arity = "0..*",
      description = "mlp, lenet5, resnet20, vgg16; default: all of them.")
  private List<String> names = new ArrayList<>();

  @Option(names = "--threads", paramLabel = "N", description = "Threads; default: 1.")
  private int threads = 1;

  @Option(
      names = "--warm-ups",
      paramLabel = "N",
      description = "Runs before measuring; default: 3.")
  private int warmUps = 3;

  @Option(names = "--runs", paramLabel = "N", description = "Runs measured; default: 5.")
  private int runs = 5;

  @Option(
      names = "--disable",
      paramLabel = "PASS",
      description = "Leave out an optimisation pass, to see what it brings.")
  private List<String> disabled = new ArrayList<>();

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Option(names = "--progress", paramLabel = "MODE", description = "auto, plain or none.")
  private ProgressMode progress = ProgressMode.AUTO;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    Threads.check(threads);
    if (runs < 1 || warmUps < 0) {
      throw new UserException("--runs must be at least 1 and --warm-ups at least 0");
    }
    List<BenchmarkModel> models =
        names.isEmpty()
            ? BenchmarkModel.of(BenchmarkModel.Group.SMALL)
            : names.stream().flatMap(n -> BenchmarkModel.named(n).stream()).toList();
    PrintWriter out = spec.commandLine().getOut();
    List<Object> report = new ArrayList<>();
    for (BenchmarkModel model : models) {
      ModelBenchmark.Figures f;
      try (ProgressDisplay display = ProgressDisplay.of(progress, spec.commandLine().getErr())) {
        int[] step = {0};
        int steps = warmUps + runs + 1;
        f =
            new ModelBenchmark(warmUps, runs, threads, Set.copyOf(disabled))
                .measure(
                    model, what -> display.report(what, Math.min(1, (double) step[0]++ / steps)));
      }
      if (json) {
        report.add(json(f, model.bounds()));
      } else {
        print(f, model.bounds(), out);
        out.flush();
      }
    }
    if (json) {
      out.println(JsonText.of(report));
    }
    return ExitCode.OK;
  }

  private void print(ModelBenchmark.Figures f, BenchmarkModel.Bounds bounds, PrintWriter out) {
    out.println(
        "%s (%s parameters, %d thread%s)"
            .formatted(f.model(), Figures.count(f.parameters()), threads, threads == 1 ? "" : "s"));
    out.println(
        "  prove     %12s%s"
            .formatted(
                Figures.time(f.prove()),
                bound(f.prove() <= bounds.proveSeconds(), seconds(bounds.proveSeconds()))));
    if (threads == 1) {
      out.println("    %-24s %12s".formatted("(processor time)", Figures.time(f.proveCpu())));
    }
    f.stages()
        .forEach((stage, s) -> out.println("    %-24s %12s".formatted(stage, Figures.time(s))));
    out.println(
        "  verify    %12s%s"
            .formatted(
                Figures.time(f.verify()),
                bound(f.verify() <= bounds.verifySeconds(), seconds(bounds.verifySeconds()))));
    if (threads == 1) {
      out.println("    %-24s %12s".formatted("(processor time)", Figures.time(f.verifyCpu())));
    }
    out.println(
        "  proof     %12s%s"
            .formatted(
                Figures.bytes(f.proofBytes()),
                bound(f.proofBytes() <= bounds.proofBytes(), size(bounds.proofBytes()))));
    out.println(
        "  key       %12s%s"
            .formatted(
                Figures.bytes(f.keyBytes()), bound(f.keyBytes() <= KEY_BOUND, size(KEY_BOUND))));
    f.peakBytes()
        .ifPresent(peak ->
            out.println(
                "  peak RSS  %12s%s"
                    .formatted(
                        Figures.bytes(peak),
                        bound(peak <= bounds.peakBytes(), size(bounds.peakBytes())))));
    out.println("  compile   %12s".formatted(Figures.time(f.compile())));
    out.println("  commit    %12s  (once, to the model)".formatted(Figures.time(f.commit())));
  }

  private static final long KEY_BOUND = 256_000;

  private static String seconds(double bound) {
    return Double.isInfinite(bound) ? "" : Figures.time(bound);
  }

  private static String size(long bound) {
    return bound == Long.MAX_VALUE ? "" : Figures.bytes(bound);
  }

  private static String bound(boolean holds, String bound) {
    return bound.isEmpty() ? "" : "  (bound %s: %s)".formatted(bound, holds ? "holds" : "MISSED");
  }

  private Map<String, Object> json(ModelBenchmark.Figures f, BenchmarkModel.Bounds bounds) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("model", f.model());
    out.put("parameters", f.parameters());
    out.put("threads", threads);
    out.put("proveSeconds", f.prove());
    if (threads == 1) {
      out.put("proveCpuSeconds", f.proveCpu());
      out.put("verifyCpuSeconds", f.verifyCpu());
    }
    out.put("stages", f.stages());
    out.put("verifySeconds", f.verify());
    out.put("proofBytes", f.proofBytes());
    out.put("keyBytes", f.keyBytes());
    out.put("compileSeconds", f.compile());
    out.put("commitSeconds", f.commit());
    f.peakBytes().ifPresent(peak -> out.put("peakBytes", peak));
    Map<String, Object> limits = new LinkedHashMap<>();
    if (!Double.isInfinite(bounds.proveSeconds())) {
      limits.put("proveSeconds", bounds.proveSeconds());
      limits.put("verifySeconds", bounds.verifySeconds());
      limits.put("proofBytes", bounds.proofBytes());
    }
    if (bounds.peakBytes() != Long.MAX_VALUE) {
      limits.put("peakBytes", bounds.peakBytes());
    }
    limits.put("keyBytes", KEY_BOUND);
    out.put("bounds", limits);
    return out;
  }
}
