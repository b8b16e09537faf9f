package org.zkc.runtime.report;

import java.util.ArrayList;
import java.util.List;
import org.zkc.runtime.cost.CostEstimate;
import org.zkc.runtime.report.Page.Column;
import org.zkc.runtime.report.Page.Row;
import org.zkc.runtime.report.Page.Unit;

/** The time of a proof, stage by stage of the prover. */
final class StageTable {
  private StageTable() {}

  static Page.Table of(CostEstimate estimate) {
    List<Row> rows = new ArrayList<>();
    estimate.stages().forEach((stage, s) -> rows.add(Row.of(0, stage, s, meaning(stage))));
    return new Page.Table(
        "stages",
        "Cost of proving, stage by stage",
        "The same estimate by what the prover does, in its order.",
        List.of(
            Column.of("stage", "", Unit.TEXT),
            Column.bars("estimated time", "On one warm thread.", Unit.SECONDS),
            Column.of("what happens", "", Unit.TEXT)),
        rows,
        List.of("all", estimate.proveSeconds(), ""));
  }

  /** Empty for a stage without an entry. */
  private static String meaning(String stage) {
    return switch (stage) {
      case "execute" -> "The network runs once, on integers.";
      case "witness" -> "Remainders are split, and lookups are counted for each table.";
      case "commitment" -> "The intermediate values are encoded and hashed.";
      case "lookups" -> "All values looked up are shown to stand in their tables.";
      case "zero products" -> "Each maximum is shown to be one of its candidates.";
      case "relations" -> "Each layer is shown to be computed right, from the last to the first.";
      case "openings" -> "Parts of the committed data are laid open.";
      default -> "";
    };
  }
}
