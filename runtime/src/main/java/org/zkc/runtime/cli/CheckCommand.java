package org.zkc.runtime.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.zkc.passes.Fault;
import org.zkc.runtime.compile.CompileOptions;
import org.zkc.runtime.compile.CompilePipeline;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zkc check}: all faults of a model at once, where compile stops at the first. */
@Command(
    name = "check",
    description = "List everything in a model that cannot be proved, with what to write instead.",
    sortOptions = false)
final class CheckCommand implements Callable<Integer> {
  /** Version of the JSON's layout (docs/cli.md). */
  private static final int FORMAT = 1;

  @Parameters(paramLabel = "MODEL", description = "As for compile.")
  private Path model;

  @Option(
      names = "--method",
      paramLabel = "NAME",
      description = "The method to check, as for compile; default forward.")
  private String method = "forward";

  @Option(
      names = "--input-shape",
      paramLabel = "SHAPE",
      description = "Shape of an input, as for compile.")
  private List<String> inputShapes = new ArrayList<>();

  @Option(
      names = "--dim",
      paramLabel = "NAME=N",
      description = "Extent of a symbolic dimension, as for compile.")
  private List<String> dimensions = new ArrayList<>();

  @Option(
      names = "--weights",
      paramLabel = "FILE",
      description = "Weights beside StableHLO text, as for compile.")
  private List<Path> weights = new ArrayList<>();

  @Option(
      names = "--calibration",
      paramLabel = "FILE",
      description = "Sample inputs, as for compile: they tell which functions leave their domain.")
  private List<String> calibration = new ArrayList<>();

  @Option(names = "--json", description = "Print JSON, for editors.")
  private boolean json;

  @Spec private CommandSpec spec;

  private final Session session;

  CheckCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    CompilePipeline pipeline =
        new CompilePipeline(
            CompileOptions.DEFAULT
                .withMethod(method)
                .withInputShapes(inputShapes)
                .withDimensions(dimensions)
                .withWeights(weights)
                .withCalibration(calibration));
    List<Fault> faults = pipeline.check(model);
    PrintWriter out = spec.commandLine().getOut();
    session.report(() -> report(faults));
    if (json) {
      out.println(JsonText.of(report(faults)));
    } else {
      faults.forEach(fault -> print(fault, out));
      out.println(
          faults.isEmpty()
              ? "%s: nothing found that cannot be proved".formatted(model)
              : "%s: %d fault%s".formatted(model, faults.size(), faults.size() == 1 ? "" : "s"));
    }
    return faults.isEmpty() ? ExitCode.OK : ExitCode.USER;
  }

  private static void print(Fault fault, PrintWriter out) {
    String line = fault.location().isKnown() ? fault.location() + ": " : "";
    out.println(
        line
            + fault.why()
            + (fault.times() > 1 ? " (met %d times)".formatted(fault.times()) : "")
            + (fault.certain()
                ? ""
                : " (perhaps: that depends on other faults, or on calibration data)"));
    if (!fault.location().text().isBlank()) {
      out.println("    " + fault.location().text().strip());
    }
    if (!fault.remedy().isEmpty()) {
      out.println("  instead: " + fault.remedy());
    }
  }

  private Map<String, Object> report(List<Fault> faults) {
    List<Object> entries = new ArrayList<>();
    for (Fault fault : faults) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("file", fault.location().file());
      entry.put("line", fault.location().line());
      entry.put("text", fault.location().text().strip());
      entry.put("why", fault.why());
      entry.put("instead", fault.remedy());
      entry.put("certain", fault.certain());
      entry.put("times", fault.times());
      entries.add(entry);
    }
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("format", FORMAT);
    report.put("model", String.valueOf(model.getFileName()));
    report.put("faults", entries);
    return report;
  }
}
