package org.zkc.runtime.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.zkc.runtime.report.Page.Column;
import org.zkc.runtime.report.Page.Fact;
import org.zkc.runtime.report.Page.Row;
import org.zkc.runtime.report.Page.Unit;

/** The cost of proving, layer by layer. */
final class CostTable {
  private CostTable() {}

  static Page.Table of(String title, String noun, LayerCosts costs, List<Page.Layer> layers) {
    List<Row> rows = new ArrayList<>();
    for (int layer = 1; layer <= layers.size(); layer++) {
      rows.add(row(layer, layers.get(layer - 1).title(), costs));
    }
    if (costs.seconds[0] != 0
        || costs.lookups[0] != 0
        || costs.committed[0] != 0
        || costs.parameters[0] != 0
        || costs.multiplications[0] != 0) {
      rows.add(row(0, "common to all", costs));
    }
    return new Page.Table(
        "cost",
        title,
        "Estimates for one warm thread. Rounding (lookups) usually costs most, not arithmetic: a"
            + " convolution is checked with far fewer operations than computing it takes.",
        List.of(
            Column.of(noun, "", Unit.TEXT),
            Column.bars(
                "estimated time", "Part of the proving time that it accounts for.", Unit.SECONDS),
            Column.of("lookups", "Values that are looked up in tables.", Unit.COUNT),
            Column.of(
                "committed values",
                "Integers that the proof commits to, remainders of roundings included.",
                Unit.COUNT),
            Column.of("multiplications", "Products that running it takes.", Unit.COUNT),
            Column.of("parameters", "Weights that it reads.", Unit.COUNT)),
        rows,
        List.of(
            "all",
            Arrays.stream(costs.seconds).sum(),
            Arrays.stream(costs.lookups).sum(),
            Arrays.stream(costs.committed).sum(),
            Arrays.stream(costs.multiplications).sum(),
            Arrays.stream(costs.parameters).sum()));
  }

  private static Row row(int layer, String title, LayerCosts costs) {
    return Row.of(
        layer,
        title,
        costs.seconds[layer],
        costs.lookups[layer],
        costs.committed[layer],
        costs.multiplications[layer],
        costs.parameters[layer]);
  }

  /** The figures of one layer. */
  static List<Fact> facts(LayerCosts costs, int layer) {
    return List.of(
        new Fact(
            "estimated time",
            costs.seconds[layer],
            Unit.SECONDS,
            "Part of the proving time, on one thread."),
        new Fact(
            "lookups", costs.lookups[layer], Unit.COUNT, "Values that are looked up in tables."),
        new Fact(
            "committed values",
            costs.committed[layer],
            Unit.COUNT,
            "Integers that the proof commits to, remainders of roundings included."),
        new Fact(
            "multiplications",
            costs.multiplications[layer],
            Unit.COUNT,
            "Products that running it takes."),
        new Fact("parameters", costs.parameters[layer], Unit.COUNT, "Weights that it reads."));
  }
}
