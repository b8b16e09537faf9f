package org.zkc.runtime.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.zkc.ir.Level;
import org.zkc.ir.OpCatalogue;
import org.zkc.passes.Lowering;
import org.zkc.passes.Pass;
import org.zkc.passes.PassCatalogue;
import org.zkc.passes.torch.TorchOperatorTable;
import org.zkc.torchscript.schema.OperatorTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code zkc ops}: prints the registries that the compiler itself uses. The output is Markdown, and
 * without flags the page docs/operators.md.
 */
@Command(
    name = "ops",
    description = "List the PyTorch operators that can be proved, the IR's ops, and the passes.",
    sortOptions = false)
final class OpsCommand implements Callable<Integer> {
  @Option(names = "--ir", description = "Only the ops of the four levels of the IR.")
  private boolean ir;

  @Option(names = "--passes", description = "Only the passes.")
  private boolean passes;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    boolean all = !ir && !passes;
    if (json) {
      out.println(
          JsonText.of(
              Map.of(
                  "torch",
                  torchRows(),
                  "ir",
                  irRows(),
                  "passes",
                  passRows(),
                  "lowerings",
                  loweringRows())));
      return ExitCode.OK;
    }
    if (all) {
      out.println("# Operators");
      out.println();
      out.println("This page is what `zkc ops` prints; `./zkc ops > docs/operators.md` writes it.");
      out.println();
      printOperators(out);
    }
    if (all || ir) {
      for (Level level : Level.values()) {
        heading("Ops of the " + level.text() + " level", out);
        OpCatalogue.ops(level)
            .forEach((name, op) ->
                out.println("* `%s`: %s: `%s`".formatted(name, op.description(), op.signature())));
      }
    }
    if (all || passes) {
      heading("Lowerings", out);
      for (Lowering lowering : PassCatalogue.lowerings()) {
        out.println(
            "* `%s`, %s to %s: %s"
                .formatted(
                    lowering.signature(),
                    lowering.from().text(),
                    lowering.to().text(),
                    lowering.description()));
      }
      heading("Passes", out);
      for (Pass pass : PassCatalogue.all()) {
        out.println(
            "* `%s`, %s level%s: %s"
                .formatted(
                    pass.name(),
                    pass.level().text(),
                    pass.isOptimisation() ? ", can be disabled" : "",
                    pass.description()));
      }
    }
    return ExitCode.OK;
  }

  private static void heading(String text, PrintWriter out) {
    out.println();
    out.println("## " + text);
    out.println();
  }

  private static void printOperators(PrintWriter out) {
    out.println("## PyTorch operators");
    out.println();
    out.println(
        "Operators that can be proved. Overloads are those that PyTorch's schemas name; complex"
            + " numbers may stand inside a model, not in its inputs and outputs.");
    out.println(
        "Those that become `host` are computed while compiling. In-place forms (`relu_`) are as"
            + " those without underscore.");
    out.println();
    out.println("| operator | overloads | becomes | restrictions |");
    out.println("| --- | --- | --- | --- |");
    for (TorchOperatorTable.Row row : TorchOperatorTable.rows()) {
      out.println(
          "| `%s` | %s | %s | %s |"
              .formatted(
                  row.operator(),
                  String.join(", ", overloads(row.operator())),
                  row.becomes(),
                  row.remarks()));
    }
  }

  /** Names of the overloads that the reader knows; the one without a name is {@code default}. */
  private static List<String> overloads(String operator) {
    return OperatorTable.overloads(operator).stream()
        .map(o -> o.overload().isEmpty() ? "default" : o.overload())
        .distinct()
        .toList();
  }

  private static List<Map<String, Object>> torchRows() {
    return TorchOperatorTable.rows().stream()
        .map(r ->
            Map.<String, Object>of(
                "operator", r.operator(),
                "overloads", overloads(r.operator()),
                "becomes", r.becomes(),
                "remarks", r.remarks()))
        .toList();
  }

  private static List<Map<String, String>> irRows() {
    List<Map<String, String>> rows = new ArrayList<>();
    for (Level level : Level.values()) {
      OpCatalogue.ops(level)
          .forEach((name, op) ->
              rows.add(
                  Map.of(
                      "level", level.text(),
                      "op", name,
                      "description", op.description(),
                      "signature", op.signature())));
    }
    return rows;
  }

  private static List<Map<String, String>> loweringRows() {
    return PassCatalogue.lowerings().stream()
        .map(l ->
            Map.of(
                "lowering", l.name(),
                "from", l.from().text(),
                "to", l.to().text(),
                "arguments", l.arguments(),
                "description", l.description()))
        .toList();
  }

  private static List<Map<String, Object>> passRows() {
    return PassCatalogue.all().stream()
        .map(p ->
            Map.<String, Object>of(
                "pass", p.name(),
                "level", p.level().text(),
                "optimisation", p.isOptimisation(),
                "description", p.description()))
        .toList();
  }
}
