package org.zkc.runtime.cli;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.zkc.ir.UserException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zkc bench compare}. */
@Command(
    name = "compare",
    description =
        "Compare two files that zkc bench --json wrote: every figure of every model that both"
            + " have.",
    sortOptions = false)
final class BenchCompareCommand implements Callable<Integer> {
  @Parameters(paramLabel = "BEFORE", description = "A file of zkc bench --json.")
  private Path before;

  @Parameters(paramLabel = "AFTER", description = "Another one.")
  private Path after;

  @Option(
      names = "--tolerance",
      paramLabel = "PERCENT",
      description =
          "Fail where a figure got worse by more than this; default: 10. Processor time stands for"
              + " wall time where both files have it.")
  private double tolerance = 10;

  @Spec private CommandSpec spec;

  /**
   * A figure that is compared.
   *
   * @param hidden not compared where this other figure is there
   * @param moreIsBetter as a rate is
   */
  private record Figure(String field, String hidden, boolean moreIsBetter) {
    String text(double value) {
      return field.endsWith("Seconds")
          ? Figures.time(value)
          : field.endsWith("Bytes")
              ? Figures.bytes(Math.round(value))
              : String.format(Locale.ROOT, "%.4g", value);
    }

    /** How much worse, as a share; below 0 where it is better. */
    double worse(double a, double b) {
      return moreIsBetter ? a / b - 1 : b / a - 1;
    }
  }

  private static final List<Figure> FIGURES =
      List.of(
          new Figure("compileSeconds", "", false),
          new Figure("commitSeconds", "", false),
          new Figure("proveSeconds", "proveCpuSeconds", false),
          new Figure("proveCpuSeconds", "", false),
          new Figure("perSecond", "", true),
          new Figure("coldSeconds", "", false),
          new Figure("verifySeconds", "verifyCpuSeconds", false),
          new Figure("verifyCpuSeconds", "", false),
          new Figure("proofBytes", "", false),
          new Figure("keyBytes", "", false),
          new Figure("peakBytes", "", false),
          new Figure("securityBits", "", true));

  @Override
  public Integer call() throws IOException {
    if (!(tolerance >= 0)) {
      throw new UserException("--tolerance must be at least 0");
    }
    Map<String, JsonNode> a = models(before);
    Map<String, JsonNode> b = models(after);
    PrintWriter out = spec.commandLine().getOut();
    TreeSet<String> common = new TreeSet<>(a.keySet());
    common.retainAll(b.keySet());
    if (common.isEmpty()) {
      throw new UserException("%s and %s have no model in common".formatted(before, after));
    }
    int worse = 0;
    for (String model : a.keySet()) {
      JsonNode other = b.get(model);
      JsonNode own = a.get(model);
      if (other == null || own == null) {
        out.println("%s: only in %s".formatted(model, before));
        continue;
      }
      out.println(model);
      for (Figure figure : FIGURES) {
        if (has(own, other, figure.field()) && !has(own, other, figure.hidden())) {
          worse += compare(out, figure, own, other) ? 1 : 0;
        }
      }
    }
    for (String model : b.keySet()) {
      if (!a.containsKey(model)) {
        out.println("%s: only in %s".formatted(model, after));
      }
    }
    out.println(
        worse == 0
            ? "nothing is worse by more than %s %%".formatted(number(tolerance))
            : "%d figures are worse by more than %s %%".formatted(worse, number(tolerance)));
    return worse == 0 ? ExitCode.OK : ExitCode.INVALID;
  }

  private static String number(double value) {
    return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
  }

  private boolean compare(PrintWriter out, Figure figure, JsonNode own, JsonNode other) {
    double a = own.get(figure.field()).asDouble();
    double b = other.get(figure.field()).asDouble();
    double worse = figure.worse(a, b);
    boolean isWorse = worse > tolerance / 100;
    out.println(
        String.format(
            Locale.ROOT,
            "  %-18s %12s %12s   x %.3f%s",
            figure.field(),
            figure.text(a),
            figure.text(b),
            b / a,
            isWorse ? "  WORSE" : worse < -tolerance / 100 ? "  better" : ""));
    return isWorse;
  }

  private static boolean has(JsonNode a, JsonNode b, String field) {
    return a.path(field).asDouble() > 0 && b.path(field).asDouble() > 0;
  }

  /** By model and threads, in the file's order. */
  private static Map<String, JsonNode> models(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new UserException("there is no file " + file);
    }
    JsonNode all;
    try {
      all = new ObjectMapper().readTree(file.toFile());
    } catch (JacksonException e) {
      throw new UserException("%s is no JSON: zkc bench --json writes it".formatted(file));
    }
    Map<String, JsonNode> out = new LinkedHashMap<>();
    if (all.isArray()) {
      for (JsonNode one : all) {
        if (one.path("model").isTextual()) {
          int threads = one.path("threads").asInt(1);
          String name = one.get("model").asText();
          int samples = one.path("samples").asInt(1);
          String batch = samples == 1 ? name : "%s, %d samples".formatted(name, samples);
          out.put(threads == 1 ? batch : "%s, %d threads".formatted(batch, threads), one);
        }
      }
    }
    if (out.isEmpty()) {
      throw new UserException("%s holds no models: zkc bench --json writes them".formatted(file));
    }
    return out;
  }
}
