package org.zkc.runtime.report;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.ir.IntegerType;
import org.zkc.ir.Location;
import org.zkc.ir.Op;
import org.zkc.ir.Shape;
import org.zkc.ir.Uses;
import org.zkc.ir.Value;
import org.zkc.ir.text.OpText;
import org.zkc.runtime.artifact.CircuitStatistics;
import org.zkc.runtime.artifact.Layer;
import org.zkc.runtime.artifact.ModelFile;
import org.zkc.runtime.artifact.Summary;
import org.zkc.runtime.cost.CostEstimate;
import org.zkc.runtime.emit.EmittedCircuit;
import org.zkc.runtime.report.Page.Column;
import org.zkc.runtime.report.Page.Fact;
import org.zkc.runtime.report.Page.Row;
import org.zkc.runtime.report.Page.Unit;

/** The page of a compiled model. */
public final class ModelPage {
  private final ModelFile model;
  private final CostEstimate estimate;
  private final Circuit circuit;
  private final List<Layer> layers;
  private final LayerCosts costs;
  private final Carriers integers;
  private final Carriers relations;
  private final Map<Integer, Summary.Fidelity> fidelity = new HashMap<>();

  /** The type of the last result of each layer that has operations at the integer level. */
  private final Map<Integer, IntegerType> types = new HashMap<>();

  private final List<Integer> layerOfOp;

  private ModelPage(ModelFile model) {
    this.model = model;
    estimate = CostEstimate.here(model.keyFile().key());
    circuit = model.keyFile().circuit().circuit();
    layers = model.summary().graph();
    List<Integer> layerOfRelation =
        model.origins().stream().map(EmittedCircuit.Origin::location).map(Location::layer).toList();
    costs = new LayerCosts(circuit, layers.size(), layerOfRelation, estimate);
    layerOfOp = layersOfOps();
    integers = new Carriers(layers, new HashSet<>(layerOfOp));
    relations = new Carriers(layers, new HashSet<>(layerOfRelation));
    model.summary().layers().forEach(f -> fidelity.put(f.layer(), f));
    List<Op> body = model.program().main().body();
    for (int i = 0; i < body.size(); i++) {
      for (Value result : body.get(i).definitions()) {
        types.put(layerOfOp.get(i), result.integerType());
      }
    }
  }

  /**
   * The page's bytes; they depend on the arguments alone.
   *
   * @param fileName shown as title
   */
  public static byte[] write(String fileName, ModelFile model) {
    return PageWriter.write(of(fileName, model));
  }

  static Page of(String fileName, ModelFile model) {
    return new ModelPage(model).page(fileName);
  }

  /** Parameters have no layer of their own: they belong to the first that reads them. */
  private List<Integer> layersOfOps() {
    Uses uses = Uses.of(model.program().main());
    List<Integer> out = new ArrayList<>();
    for (Op op : model.program().main().body()) {
      int layer = op.location().layer();
      for (Value result : op.definitions()) {
        for (Op user : uses.users(result)) {
          layer = layer == 0 ? user.location().layer() : layer;
        }
      }
      out.add(layer);
    }
    return out;
  }

  private Page page(String fileName) {
    List<Page.Layer> shown = shownLayers();
    return new Page(
        fileName,
        "compiled model",
        List.of(
            "This network was compiled so that somebody who runs it can prove what it answered: a"
                + " proof says that these output numbers are what exactly this network computes on"
                + " these input numbers. Checking a proof takes milliseconds and needs neither the"
                + " network nor its weights.",
            "Proofs are about integers, so the network was rounded to integers first. The page"
                + " shows how the network looks at each step of that way, what each layer costs to"
                + " prove, and how much accuracy the rounding takes. Select a layer in the drawing,"
                + " in a table or in the listings: it is marked everywhere."),
        facts(),
        "layer",
        shown,
        graph(shown),
        List.of(source(), network(), integerLevel(), relationLevel()),
        List.of(
            CostTable.of("Cost of proving, layer by layer", "layer", costs, shown),
            StageTable.of(estimate),
            errors(shown),
            KeyTables.expectedComposition(model.keyFile().key()),
            KeyTables.ports(model.keyFile()),
            KeyTables.security(model.keyFile().key()),
            KeyTables.tables(circuit)),
        Glossary.TERMS);
  }

  private List<Fact> facts() {
    CircuitStatistics statistics =
        CircuitStatistics.of(model.keyFile().key().arithmetization().system());
    List<Fact> facts = new ArrayList<>();
    facts.add(
        new Fact("parameters", statistics.parameters(), Unit.COUNT, "Weights of the network."));
    facts.add(
        new Fact("layers", (long) layers.size(), Unit.COUNT, "Operations after simplification."));
    for (Summary.Fidelity f : model.summary().outputs()) {
      String of = model.summary().outputs().size() == 1 ? "" : " of " + f.name();
      if (f.isExact()) {
        facts.add(
            new Fact(
                "same elements" + of,
                100 * f.agreement(),
                Unit.PERCENT,
                "How many of its elements are those of the floating-point network. Measured on "
                    + model.summary().evaluation().basis()
                    + "."));
        continue;
      }
      facts.add(
          new Fact(
              "accuracy kept" + of + " (R\u00b2)",
              f.rSquared(),
              Unit.SCORE,
              "1 means that the integers answer like the floating-point network. Measured on "
                  + model.summary().evaluation().basis()
                  + (model.summary().defaultCalibration()
                      ? "; the scales were chosen on noise, as no sample inputs were given."
                      : ".")));
      if (!Double.isNaN(f.top1Agreement())) {
        facts.add(
            new Fact(
                "same answer" + of,
                100 * f.top1Agreement(),
                Unit.PERCENT,
                "How often the largest output is the same as the floating-point network's."));
      }
    }
    model
        .summary()
        .evaluation()
        .perplexity()
        .ifPresent(p ->
            facts.add(
                new Fact(
                    "perplexity",
                    String.format(Locale.ROOT, "%.3f", p.integers()),
                    Unit.TEXT,
                    String.format(
                        Locale.ROOT,
                        "How many tokens the model hesitates between; %.3f in floating point, over"
                            + " %d tokens.",
                        p.floats(),
                        p.tokens()))));
    facts.add(
        new Fact(
            "proving",
            estimate.proveSeconds(),
            Unit.SECONDS,
            "Estimated time for one proof on one thread, in a process that has proved before."));
    facts.add(
        new Fact("memory", estimate.memoryBytes(), Unit.BYTES, "Estimated peak while proving."));
    facts.add(
        new Fact(
            "proof",
            estimate.proofBytes(),
            Unit.BYTES,
            "Expected size of a proof, inputs and outputs included."));
    facts.add(
        new Fact(
            "security",
            KeyTables.securityBits(model.keyFile().key()),
            Unit.BITS,
            "A false statement is accepted with a probability of at most 2 to the power of minus"
                + " this."));
    facts.add(
        new Fact(
            "digest of the key",
            model.keyFile().digest(),
            Unit.CODE,
            "SHA-256 of the verifier key: names this model."));
    return facts;
  }

  private List<Page.Layer> shownLayers() {
    List<Page.Layer> out = new ArrayList<>();
    for (int n = 1; n <= layers.size(); n++) {
      Layer layer = layers.get(n - 1);
      List<Fact> facts = new ArrayList<>();
      facts.add(
          new Fact("shape", new Shape(layer.shape()).toString(), Unit.CODE, "Of its result."));
      IntegerType type = types.get(n);
      if (type != null) {
        facts.add(
            new Fact(
                "integers",
                "[%d, %d], %d bits".formatted(type.low(), type.high(), bits(type)),
                Unit.TEXT,
                "The interval that its result can lie in."));
      }
      Summary.Fidelity f = fidelity.get(n);
      if (f != null) {
        facts.add(
            new Fact("R\u00b2", f.rSquared(), Unit.SCORE, "Accuracy kept up to here; 1 is all."));
      }
      facts.addAll(CostTable.facts(costs, n));
      out.add(
          new Page.Layer(
              title(layer),
              Operations.words(layer.mnemonic()),
              context(layer),
              layer.location().toString(),
              layer.location().text().strip(),
              notes(n),
              facts));
    }
    return out;
  }

  private static String title(Layer layer) {
    return layer.name().isEmpty() ? Operations.words(layer.mnemonic()) : layer.name();
  }

  /** {@code after conv1}, for layers without a name of their own. */
  private String context(Layer layer) {
    Layer at = layer;
    while (at.name().isEmpty()) {
      if (at.inputs().isEmpty()) {
        return "";
      }
      at = layers.get(at.inputs().getFirst() - 1);
    }
    return at == layer ? "" : "after " + at.name();
  }

  private List<String> notes(int n) {
    List<String> notes = new ArrayList<>();
    int at = integers.of(n);
    if (at != 0 && at != n) {
      notes.add(
          "Merged: its integers are computed together with layer %d (%s)."
              .formatted(at, title(layers.get(at - 1))));
    }
    int proved = relations.of(n);
    if (proved != 0 && proved != n && at == n) {
      notes.add(
          "Costs nothing by itself: it is read through by the relations of layer %d (%s)."
              .formatted(proved, title(layers.get(proved - 1))));
    }
    return notes;
  }

  private static int bits(IntegerType type) {
    return Long.SIZE - Long.numberOfLeadingZeros(type.high() - type.low());
  }

  private Page.Graph graph(List<Page.Layer> shown) {
    GraphBuilder graph = new GraphBuilder();
    int ports = model.keyFile().inputs().size();
    for (int k = 0; k < ports; k++) {
      graph.port(
          model.keyFile().inputs().get(k).name(),
          "input, " + shape(circuit.inputs().get(k)),
          List.of());
    }
    for (int n = 1; n <= layers.size(); n++) {
      Layer layer = layers.get(n - 1);
      List<Integer> from = new ArrayList<>();
      layer.parameters().stream().filter(k -> k < ports).forEach(from::add);
      layer.inputs().forEach(k -> from.add(ports + k - 1));
      graph.node(
          n,
          shown.get(n - 1).title(),
          (layer.name().isEmpty() ? "" : shown.get(n - 1).operation() + ", ")
              + new Shape(layer.shape()),
          Operations.tone(layer.mnemonic()),
          costs.share(n),
          from);
    }
    for (int k = 0; k < model.summary().results().size(); k++) {
      int source = model.summary().results().get(k);
      graph.port(
          model.keyFile().outputs().get(k).name(),
          "output, " + shape(circuit.outputs().get(k)),
          source == 0 ? List.of() : List.of(ports + source - 1));
    }
    return graph.build();
  }

  private String shape(int tensor) {
    return new Shape(circuit.tensors().get(tensor).shape()).toString();
  }

  private Page.Level source() {
    Map<String, List<Integer>> layersOf = new LinkedHashMap<>();
    Map<String, String> textOf = new HashMap<>();
    for (int n = 1; n <= layers.size(); n++) {
      Location location = layers.get(n - 1).location();
      if (location.isKnown()) {
        layersOf.computeIfAbsent(location.toString(), k -> new ArrayList<>()).add(n);
        textOf.put(location.toString(), location.text().strip());
      }
    }
    List<Page.Line> lines = new ArrayList<>();
    layersOf.forEach((line, own) -> {
      String text = textOf.getOrDefault(line, "");
      lines.add(new Page.Line(text.isEmpty() ? line : line + "  " + text, own));
    });
    boolean hasText = textOf.values().stream().anyMatch(t -> !t.isEmpty());
    return new Page.Level(
        "your Python",
        lines.isEmpty()
            ? "The archive does not say which lines the network came from."
            : "The lines that the network came from."
                + (hasText
                    ? ""
                    : " Traced archives hold the numbers of the lines, not their text."),
        lines);
  }

  private Page.Level network() {
    List<Page.Line> lines = new ArrayList<>();
    for (int n = 1; n <= layers.size(); n++) {
      lines.add(new Page.Line(layers.get(n - 1).text(), List.of(n)));
    }
    return new Page.Level(
        "network",
        "Real numbers: the layers, simplified, each with the shape of its result.",
        lines);
  }

  private Page.Level integerLevel() {
    OpText texts = OpText.of(model.program());
    List<Page.Line> lines = new ArrayList<>();
    List<Op> body = model.program().main().body();
    for (int i = 0; i < body.size(); i++) {
      lines.add(new Page.Line(texts.of(body.get(i)), integers.carriedBy(layerOfOp.get(i))));
    }
    return new Page.Level(
        "integers",
        "The same in integers: exactly what is proved. Each type says shape, interval and scale.",
        lines);
  }

  private Page.Level relationLevel() {
    RelationText texts = new RelationText(model);
    List<Page.Line> lines = new ArrayList<>();
    for (int i = 0; i < circuit.relations().size(); i++) {
      lines.add(
          new Page.Line(
              texts.of(circuit.relations().get(i)),
              relations.carriedBy(model.origins().get(i).location().layer())));
    }
    return new Page.Level(
        "relations",
        "The equations of the proof. 'committed' arrays are fixed by hash in the proof; the others"
            + " are never written down.",
        lines);
  }

  private Page.Table errors(List<Page.Layer> shown) {
    List<Row> rows = new ArrayList<>();
    for (int n = 1; n <= layers.size(); n++) {
      Summary.Fidelity f = fidelity.get(n);
      if (f != null) {
        IntegerType type = types.get(integers.of(n));
        rows.add(row(n, shown.get(n - 1).title(), type == null ? "" : (Object) bits(type), f));
      }
    }
    for (Summary.Fidelity f : model.summary().outputs()) {
      rows.add(row(0, "result: " + f.name(), "", f));
    }
    return new Page.Table(
        "error",
        "Error of the rounding, layer by layer",
        "Integers against the floating-point network, after each layer, errors of earlier layers"
            + " included, on inputs that were not used to choose the scales.",
        List.of(
            Column.of("layer", "", Unit.TEXT),
            Column.of("R\u00b2", "1: all variation is reproduced.", Unit.SCORE),
            Column.bars("signal to noise", "In decibels: more is better.", Unit.DECIBEL),
            Column.of(
                "same largest",
                "How often the largest value of a row is at the same place.",
                Unit.PERCENT),
            Column.of("bits", "Of the integers that stand for its result.", Unit.COUNT)),
        rows,
        List.of());
  }

  private static Row row(int layer, String title, Object bits, Summary.Fidelity f) {
    return Row.of(
        layer,
        title,
        score(f.rSquared()),
        decibel(f.rSquared()),
        Double.isNaN(f.top1Agreement()) ? "" : (Object) (100 * f.top1Agreement()),
        bits);
  }

  private static Object score(double rSquared) {
    return Double.isFinite(rSquared) ? (Object) rSquared : "";
  }

  /** 10 log10 of variance over error; nothing where there is no error at all. */
  private static Object decibel(double rSquared) {
    double decibel = -10 * StrictMath.log10(1 - rSquared);
    return Double.isFinite(decibel) ? (Object) decibel : rSquared == 1 ? "exact" : "";
  }
}
