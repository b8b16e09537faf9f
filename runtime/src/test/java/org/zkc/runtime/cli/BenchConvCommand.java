package org.zkc.runtime.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.zkc.ir.UserException;
import org.zkc.runtime.bench.ConvolutionBenchmark;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code zkc bench conv}. */
@Command(
    name = "conv",
    description =
        "Measure convolutions in direct and in FFT form, execution and relation together, beside"
            + " what the cost model says of them.",
    sortOptions = false)
final class BenchConvCommand implements Callable<Integer> {
  @Option(
      names = "--warm-ups",
      paramLabel = "N",
      description = "Proofs before measuring; default: 3.")
  private int warmUps = 3;

  @Option(names = "--runs", paramLabel = "N", description = "Proofs measured; default: 5.")
  private int runs = 5;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Option(names = "--progress", paramLabel = "MODE", description = "auto, plain or none.")
  private ProgressMode progress = ProgressMode.AUTO;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    if (runs < 1 || warmUps < 0) {
      throw new UserException("--runs must be at least 1 and --warm-ups at least 0");
    }
    PrintWriter out = spec.commandLine().getOut();
    ConvolutionBenchmark benchmark = new ConvolutionBenchmark(warmUps, runs);
    List<ConvolutionBenchmark.Figures> all = new ArrayList<>();
    if (!json) {
      out.println(
          "                                           |     direct, ms      |       FFT, ms      "
              + " |");
      out.println(
          "convolution   channels    source    kernel | estimate   measured | estimate   measured |"
              + " chosen");
    }
    try (ProgressDisplay display = ProgressDisplay.of(progress, spec.commandLine().getErr())) {
      List<ConvolutionBenchmark.Case> cases = ConvolutionBenchmark.CASES;
      for (ConvolutionBenchmark.Case each : cases) {
        display.report(each.name(), (double) all.size() / cases.size());
        ConvolutionBenchmark.Figures f = benchmark.measure(each);
        all.add(f);
        if (!json) {
          out.println(row(f));
          out.flush();
        }
      }
    }
    out.println(json ? JsonText.of(all.stream().map(BenchConvCommand::json).toList()) : sum(all));
    return ExitCode.OK;
  }

  private static String row(ConvolutionBenchmark.Figures f) {
    ConvolutionBenchmark.Case c = f.convolution();
    return String.format(
        Locale.ROOT,
        "%-13s %8s %9s %9s | %8.2f %10.2f | %8.2f %10.2f | %s%s",
        c.name(),
        c.channels() + ">" + c.outputs(),
        extents(c.height(), c.width()),
        extents(c.kernelHeight(), c.kernelWidth()),
        1e3 * f.direct().estimate(),
        1e3 * f.direct().measured(),
        1e3 * f.fft().estimate(),
        1e3 * f.fft().measured(),
        label(f),
        f.lost() > 0 ? " (the slower)" : "");
  }

  private static String extents(int height, int width) {
    return height == 1 ? String.valueOf(width) : height + "x" + width;
  }

  private static String sum(List<ConvolutionBenchmark.Figures> all) {
    double measured = all.stream().mapToDouble(f -> f.measured(f.chosen())).sum();
    double lost = all.stream().mapToDouble(ConvolutionBenchmark.Figures::lost).sum();
    return String.format(
        Locale.ROOT,
        "the faster form is chosen in %d of %d; choosing it everywhere would save %.1f%% of the"
            + " time",
        all.stream().filter(f -> f.lost() == 0).count(),
        all.size(),
        100 * lost / measured);
  }

  private static String label(ConvolutionBenchmark.Figures f) {
    return f.chosen().name().toLowerCase(Locale.ROOT);
  }

  private static Map<String, Object> json(ConvolutionBenchmark.Figures f) {
    ConvolutionBenchmark.Case c = f.convolution();
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("convolution", c.name());
    out.put("source", List.of(c.channels(), c.height(), c.width()));
    out.put("kernel", List.of(c.outputs(), c.channels(), c.kernelHeight(), c.kernelWidth()));
    out.put("stride", c.stride());
    out.put("direct", json(f.direct()));
    out.put("fft", json(f.fft()));
    out.put("chosen", label(f));
    return out;
  }

  private static Map<String, Object> json(ConvolutionBenchmark.Form form) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("estimateSeconds", form.estimate());
    out.put("executeSeconds", form.execute());
    out.put("relationSeconds", form.relation());
    out.put("verifySeconds", form.verify());
    return out;
  }
}
