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
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code zkc ops}: everything is read off the registries that the compiler itself uses. */
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
      out.println("PyTorch operators");
      for (TorchOperatorTable.Row row : TorchOperatorTable.rows()) {
        String remarks = row.remarks().isEmpty() ? "" : "; " + row.remarks();
        out.println("  %-36s %s%s".formatted(row.operator(), row.becomes(), remarks));
      }
    }
    if (all || ir) {
      for (Level level : Level.values()) {
        out.println("Ops of the " + level.text() + " level");
        OpCatalogue.ops(level)
            .forEach((name, op) ->
                out.println(
                    "  %-24s %s%n      %s".formatted(name, op.description(), op.signature())));
      }
    }
    if (all || passes) {
      out.println("Lowerings");
      for (Lowering lowering : PassCatalogue.lowerings()) {
        out.println(
            "  %-36s %s to %s: %s"
                .formatted(
                    lowering.signature(),
                    lowering.from().text(),
                    lowering.to().text(),
                    lowering.description()));
      }
      out.println("Passes (* can be disabled)");
      for (Pass pass : PassCatalogue.all()) {
        out.println(
            "%s %-36s %-8s %s"
                .formatted(
                    pass.isOptimisation() ? "*" : " ",
                    pass.name(),
                    pass.level().text(),
                    pass.description()));
      }
    }
    return ExitCode.OK;
  }

  private static List<Map<String, String>> torchRows() {
    return TorchOperatorTable.rows().stream()
        .map(r -> Map.of("operator", r.operator(), "becomes", r.becomes(), "remarks", r.remarks()))
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
