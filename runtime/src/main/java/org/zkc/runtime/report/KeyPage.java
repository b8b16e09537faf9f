package org.zkc.runtime.report;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.gkr.circuit.Relation;
import org.zkc.gkr.file.KeyFile;
import org.zkc.ir.Shape;
import org.zkc.runtime.artifact.CircuitStatistics;
import org.zkc.runtime.cost.CostEstimate;
import org.zkc.runtime.report.Page.Fact;
import org.zkc.runtime.report.Page.Unit;

/** The page of a verifier key: what a proof under it says, and how sure it is. */
public final class KeyPage {
  private KeyPage() {}

  public static byte[] write(String fileName, KeyFile key) {
    return PageWriter.write(of(fileName, key));
  }

  static Page of(String fileName, KeyFile key) {
    Circuit circuit = key.circuit().circuit();
    CostEstimate estimate = CostEstimate.here(key.key());
    CircuitStatistics statistics = CircuitStatistics.of(key.key().arithmetization().system());
    int count = circuit.relations().size();
    List<Integer> own = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      own.add(i + 1);
    }
    LayerCosts costs = new LayerCosts(circuit, count, own, estimate);
    RelationText texts = new RelationText(key.circuit());
    List<Page.Layer> layers = new ArrayList<>();
    List<Page.Line> lines = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Relation relation = circuit.relations().get(i);
      String words = Operations.relation(relation.mnemonic());
      layers.add(
          new Page.Layer(
              words, relation.mnemonic(), "", "", "", List.of(), CostTable.facts(costs, i + 1)));
      lines.add(new Page.Line(texts.of(relation), List.of(i + 1)));
    }
    return new Page(
        fileName,
        "verifier key",
        List.of(
            "A verifier key stands for one model. Whoever has it can check that a given output is"
                + " what this model answers to a given input, in milliseconds and without the"
                + " model.",
            "Each step below is an equation between arrays of integers that a valid proof"
                + " establishes. The weights are fixed by the commitment; the key holds none of"
                + " them, and no lines of the model's source."),
        List.of(
            new Fact(
                "security",
                KeyTables.securityBits(key.key()),
                Unit.BITS,
                "A false statement is accepted with a probability of at most 2 to the power of"
                    + " minus this."),
            new Fact("relations", (long) count, Unit.COUNT, "Equations that a proof establishes."),
            new Fact(
                "parameters",
                statistics.parameters(),
                Unit.COUNT,
                "Weights that the commitment fixes."),
            new Fact(
                "lookups",
                statistics.lookups(),
                Unit.COUNT,
                "Values that a proof looks up in tables."),
            new Fact(
                "model commitment",
                KeyTables.root(key.key()),
                Unit.CODE,
                "The hash that stands for all weights."),
            new Fact(
                "digest of the key",
                key.digest(),
                Unit.CODE,
                "SHA-256 of the file: what zkc verify --expect-model compares.")),
        "relation",
        layers,
        graph(circuit, costs),
        List.of(
            new Page.Level(
                "relations",
                "What is proved, in the order of computation. 't7' names an array; 'committed' ones"
                    + " are fixed by hash in the proof.",
                lines)),
        List.of(
            CostTable.of("Cost of each relation", "relation", costs, layers),
            KeyTables.ports(key),
            KeyTables.expectedComposition(key.key()),
            KeyTables.security(key.key()),
            KeyTables.tables(circuit)),
        Glossary.TERMS);
  }

  private static Page.Graph graph(Circuit circuit, LayerCosts costs) {
    Map<Integer, Integer> nodeOf = new HashMap<>();
    GraphBuilder graph = new GraphBuilder();
    for (int k = 0; k < circuit.inputs().size(); k++) {
      nodeOf.put(
          circuit.inputs().get(k),
          graph.port("input " + k, shape(circuit, circuit.inputs().get(k)), List.of()));
    }
    for (int i = 0; i < circuit.relations().size(); i++) {
      Relation relation = circuit.relations().get(i);
      String name = relation.mnemonic();
      List<Integer> from =
          relation.sources().stream()
              .flatMap(t -> Optional.ofNullable(nodeOf.get(t)).stream())
              .distinct()
              .toList();
      nodeOf.put(
          relation.result(),
          graph.node(
              i + 1,
              Operations.relation(name),
              shape(circuit, relation.result()),
              Operations.relationTone(name),
              costs.share(i + 1),
              from));
    }
    for (int k = 0; k < circuit.outputs().size(); k++) {
      int tensor = circuit.outputs().get(k);
      graph.port(
          "output " + k,
          shape(circuit, tensor),
          List.of(Objects.requireNonNull(nodeOf.get(tensor), "a relation defines it")));
    }
    return graph.build();
  }

  private static String shape(Circuit circuit, int tensor) {
    return new Shape(circuit.tensors().get(tensor).shape()).toString();
  }
}
