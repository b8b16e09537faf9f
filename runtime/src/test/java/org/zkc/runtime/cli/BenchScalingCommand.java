package org.zkc.runtime.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import org.zkc.ir.UserException;
import org.zkc.runtime.artifact.AtomicFiles;
import org.zkc.runtime.bench.LinePlot;
import org.zkc.runtime.bench.Scaling;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zkc bench scaling}. */
@Command(
    name = "scaling",
    description =
        "Measure how the cost of a proof grows with parameters, activations, samples in one proof"
            + " and threads, beside the bound of the multiplier; draw it.",
    sortOptions = false)
final class BenchScalingCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "AXIS",
      arity = "0..*",
      description = "${COMPLETION-CANDIDATES}; default: all.")
  private List<Scaling.Axis> axes = new ArrayList<>();

  @Option(names = "--runs", paramLabel = "N", description = "Proofs measured; default: 5.")
  private int runs = 5;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Option(
      names = "--svg",
      paramLabel = "DIR",
      description = "Draw each axis to a file of its name in this folder.")
  private Path svg;

  @Option(names = "--progress", paramLabel = "MODE", description = "auto, plain or none.")
  private ProgressMode progress = ProgressMode.AUTO;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (runs < 1) {
      throw new UserException("--runs must be at least 1");
    }
    PrintWriter out = spec.commandLine().getOut();
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("machine", Machine.text());
    for (Scaling.Axis axis : axes.isEmpty() ? EnumSet.allOf(Scaling.Axis.class) : axes) {
      String name = axis.name().toLowerCase(Locale.ROOT);
      List<Scaling.Row> rows;
      try (ProgressDisplay display = ProgressDisplay.of(progress, spec.commandLine().getErr())) {
        rows = new Scaling(runs).measure(axis, what -> display.report(what, 0));
      }
      report.put(name, rows.stream().map(BenchScalingCommand::json).toList());
      if (!json) {
        print(out, axis, rows);
      }
      if (svg != null) {
        Files.createDirectories(svg);
        byte[] text = plot(axis, rows).svg().getBytes(StandardCharsets.UTF_8);
        AtomicFiles.write(svg.resolve(name + ".svg"), text);
      }
    }
    if (json) {
      out.println(JsonText.of(report));
    }
    return ExitCode.OK;
  }

  static LinePlot plot(Scaling.Axis axis, List<Scaling.Row> rows) {
    return new LinePlot(
        "Proving time and " + axis.text(),
        axis.text(),
        "milliseconds",
        List.of(
            new LinePlot.Line("prove", false, points(rows, r -> 1e3 * r.prove())),
            new LinePlot.Line("verify", false, points(rows, r -> 1e3 * r.verify())),
            new LinePlot.Line(
                "bound of the multiplier", true, points(rows, r -> 1e3 * r.bound()))));
  }

  private static List<LinePlot.Point> points(
      List<Scaling.Row> rows, ToDoubleFunction<Scaling.Row> value) {
    return rows.stream().map(r -> new LinePlot.Point(r.x(), value.applyAsDouble(r))).toList();
  }

  private static void print(PrintWriter out, Scaling.Axis axis, List<Scaling.Row> rows) {
    out.println(
        "%-22s %10s %10s %10s %10s %10s"
            .formatted(axis.text(), "prove", "bound", "verify", "proof", "peak RSS"));
    for (Scaling.Row r : rows) {
      out.println(
          "%-22s %10s %10s %10s %10s %10s"
              .formatted(
                  Figures.count(Math.round(r.x())),
                  Figures.time(r.prove()),
                  Figures.time(r.bound()),
                  Figures.time(r.verify()),
                  Figures.bytes(r.proofBytes()),
                  Figures.bytes(r.peakBytes())));
    }
    out.flush();
  }

  private static Map<String, Object> json(Scaling.Row r) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("x", r.x());
    out.put("proveSeconds", r.prove());
    out.put("boundSeconds", r.bound());
    out.put("verifySeconds", r.verify());
    out.put("proofBytes", r.proofBytes());
    out.put("peakBytes", r.peakBytes());
    out.put("securityBits", r.securityBits());
    return out;
  }
}
