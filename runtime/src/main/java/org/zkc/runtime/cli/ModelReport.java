package org.zkc.runtime.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.zkc.gkr.circuit.CheckedCircuit;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.gkr.circuit.Interval;
import org.zkc.gkr.circuit.Relation;
import org.zkc.gkr.circuit.TensorDeclaration;
import org.zkc.gkr.file.KeyFile;
import org.zkc.gkr.file.Port;
import org.zkc.gkr.security.SoundnessBudget;
import org.zkc.runtime.artifact.CircuitStatistics;
import org.zkc.runtime.artifact.Codewords;
import org.zkc.runtime.artifact.Evaluation;
import org.zkc.runtime.artifact.Layer;
import org.zkc.runtime.artifact.ModelFile;
import org.zkc.runtime.artifact.Summary;
import org.zkc.runtime.cost.CostEstimate;
import org.zkc.runtime.cost.MachineCosts;
import org.zkc.runtime.emit.EmittedCircuit;
import org.zkc.runtime.emit.ModelTensor;

/** The content of a compiled model, as text and as JSON. */
final class ModelReport {
  private final ModelFile file;
  private final CircuitStatistics statistics;

  ModelReport(ModelFile file) {
    this.file = file;
    this.statistics = CircuitStatistics.of(file.keyFile().key().arithmetization().system());
  }

  void print(PrintWriter out) {
    KeyFile key = file.keyFile();
    printCircuit(key, statistics, out);
    Evaluation evaluation = file.summary().evaluation();
    printFidelity(
        out,
        "fidelity",
        evaluation.outputs(),
        evaluation.basis() + (file.summary().defaultCalibration() ? " (calibrated on noise)" : ""));
    printFidelity(out, "  varied", evaluation.varied(), evaluation.variedBasis());
    evaluation
        .accuracy()
        .ifPresent(a ->
            out.println(
                String.format(
                    Locale.ROOT,
                    "  accuracy     top-1 %.2f %% of %d rows, fp32 %.2f %%",
                    100.0 * a.integers() / Math.max(1, a.rows()),
                    a.rows(),
                    100.0 * a.floats() / Math.max(1, a.rows()))));
    evaluation
        .perplexity()
        .ifPresent(p ->
            out.println(
                String.format(
                    Locale.ROOT,
                    "  perplexity   %.3f, fp32 %.3f, of %d next tokens",
                    p.integers(),
                    p.floats(),
                    p.tokens())));
    CostEstimate estimate = CostEstimate.here(file.keyFile().key());
    out.println(
        "  estimates    prove about %s on one thread in a warm process, %s of memory, proof about %s"
            .formatted(
                Figures.time(estimate.proveSeconds()),
                Figures.bytes(estimate.memoryBytes()),
                Figures.bytes(estimate.proofBytes())));
    out.println("  unit costs   " + MachineCosts.read(Codewords.cache(System.getenv())).text());
    printDigest(key, out);
  }

  /** The content of a verifier key. */
  static void printKey(KeyFile key, PrintWriter out) {
    printCircuit(key, CircuitStatistics.of(key.key().arithmetization().system()), out);
    printDigest(key, out);
  }

  private static void printCircuit(KeyFile key, CircuitStatistics s, PrintWriter out) {
    ports(key).forEach(line -> out.println("  " + line));
    out.println(
        "  model        %s parameters in %d tensors"
            .formatted(Figures.count(s.parameters()), s.modelTensors()));
    out.println("  relations    " + s.relationText());
    out.println(
        "  columns      %s committed cells, %s virtual, %s public"
            .formatted(
                Figures.count(s.witnessCells()),
                Figures.count(s.virtualCells()),
                Figures.count(s.publicCells())));
    out.println(
        "  lookups      %s, tables: %d with %s entries"
            .formatted(Figures.count(s.lookups()), s.tables(), Figures.count(s.tableEntries())));
  }

  private static void printDigest(KeyFile key, PrintWriter out) {
    out.println(
        String.format(
            Locale.ROOT,
            "  security     %.1f bits (zkc security lists the terms)",
            securityBits(key)));
    out.println("  digest       " + key.digest());
  }

  private static void printFidelity(
      PrintWriter out, String title, List<Summary.Fidelity> outputs, String basis) {
    for (Summary.Fidelity f : outputs) {
      if (f.isExact()) {
        out.println(
            String.format(
                Locale.ROOT,
                "  %-12s %s: agreement %.2f %% of elements with fp32 on %s",
                title,
                f.name(),
                100 * f.agreement(),
                basis));
        continue;
      }
      out.println(
          String.format(
              Locale.ROOT,
              "  %-12s %s: R^2 %s, cosine %.5f%s with fp32 on %s",
              title,
              f.name(),
              Summary.Fidelity.text(f.rSquared()),
              f.cosine(),
              Double.isNaN(f.top1Agreement())
                  ? ""
                  : String.format(
                      Locale.ROOT, ", top-1 agreement %.1f %%", 100 * f.top1Agreement()),
              basis));
    }
  }

  private static double securityBits(KeyFile key) {
    return SoundnessBudget.of(key.key().arithmetization(), key.key().parameters()).totalBits();
  }

  private static List<String> ports(KeyFile key) {
    List<String> lines = new ArrayList<>();
    CheckedCircuit circuit = key.circuit();
    for (int i = 0; i < key.inputs().size(); i++) {
      lines.add(
          "input        " + port(key.inputs().get(i), circuit, circuit.circuit().inputs().get(i)));
    }
    for (int i = 0; i < key.outputs().size(); i++) {
      lines.add(
          "output       "
              + port(key.outputs().get(i), circuit, circuit.circuit().outputs().get(i)));
    }
    key.generation()
        .ifPresent(g ->
            lines.add(
                "generation   causal, prompts and text of up to %d tokens (zkc prove --generated)"
                    .formatted(g.length(key))));
    return lines;
  }

  private static String port(Port port, CheckedCircuit circuit, int tensor) {
    Interval elements = circuit.interval(tensor);
    return String.format(
        Locale.ROOT,
        "%s: %s %s, integers in [%d, %d] times %.6g%s",
        port.name(),
        shape(circuit.tensor(tensor)),
        port.elementType().text(),
        elements.low(),
        elements.high(),
        port.scale(),
        port.units().isEmpty() ? "" : " times a unit per column");
  }

  static String shape(TensorDeclaration tensor) {
    return new org.zkc.ir.Shape(tensor.shape()).toString();
  }

  /** One line for each relation, with its origin and its cost. */
  void printLayers(PrintWriter out) {
    Circuit circuit = file.keyFile().circuit().circuit();
    CostEstimate estimate = CostEstimate.here(file.keyFile().key());
    out.println(
        "  %-16s %-18s %14s %12s %10s  %s"
            .formatted("relation", "result", "products", "lookups", "time", "source"));
    for (int i = 0; i < circuit.relations().size(); i++) {
      Relation r = circuit.relations().get(i);
      EmittedCircuit.Origin origin = file.origins().get(i);
      out.println(
          "  %-16s %-18s %14s %12s %10s  %s"
              .formatted(
                  r.mnemonic(),
                  shape(circuit.tensors().get(r.result())),
                  Figures.count(estimate.relations().get(i).multiplications()),
                  Figures.count(estimate.relations().get(i).lookups()),
                  Figures.time(estimate.relations().get(i).seconds()),
                  source(origin)));
    }
    out.println("  parameters:");
    for (ModelTensor t : file.weights().tensors()) {
      out.println(
          "  %-40s %-18s %d byte%s"
              .formatted(
                  t.name(),
                  shape(circuit.tensors().get(t.tensor())),
                  t.elementBytes(),
                  t.elementBytes() == 1 ? "" : "s"));
    }
  }

  private static String source(EmittedCircuit.Origin origin) {
    if (!origin.location().isKnown()) {
      return "";
    }
    String text = origin.location().text().strip();
    return origin.location() + (text.isEmpty() ? "" : "  " + text);
  }

  Map<String, Object> json() {
    Map<String, Object> out = keyJson(file.keyFile());
    out.put("kind", "model");
    Map<String, Object> fidelity = new LinkedHashMap<>();
    Evaluation evaluation = file.summary().evaluation();
    evaluation.outputs().forEach(f -> fidelity.put(f.name(), fidelity(f)));
    out.put("fidelity", fidelity);
    out.put("fidelityBasis", evaluation.basis());
    Map<String, Object> varied = new LinkedHashMap<>();
    evaluation.varied().forEach(f -> varied.put(f.name(), fidelity(f)));
    out.put("fidelityOnVariedInputs", varied);
    evaluation
        .accuracy()
        .ifPresent(a ->
            out.put(
                "accuracy",
                Map.of("rows", a.rows(), "fp32", a.floats(), "integers", a.integers())));
    evaluation
        .perplexity()
        .ifPresent(p ->
            out.put(
                "perplexity",
                Map.of("tokens", p.tokens(), "fp32", p.floats(), "integers", p.integers())));
    Map<String, Object> layers = new LinkedHashMap<>();
    file.summary().layers().forEach(f -> layers.put(f.name(), fidelity(f)));
    out.put("fidelityByLayer", layers);
    out.put("defaultCalibration", file.summary().defaultCalibration());
    out.put("archiveSha256", file.summary().archiveDigest());
    CostEstimate estimate = CostEstimate.here(file.keyFile().key());
    out.put(
        "estimates",
        Map.of(
            "proveSeconds", estimate.proveSeconds(),
            "memoryBytes", estimate.memoryBytes(),
            "proofBytes", estimate.proofBytes()));
    Circuit circuit = file.keyFile().circuit().circuit();
    List<Object> relations = new ArrayList<>();
    for (int i = 0; i < circuit.relations().size(); i++) {
      Relation r = circuit.relations().get(i);
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("relation", r.mnemonic());
      entry.put("shape", circuit.tensors().get(r.result()).shape());
      entry.put("multiplications", estimate.relations().get(i).multiplications());
      entry.put("lookups", estimate.relations().get(i).lookups());
      entry.put("committedCells", estimate.relations().get(i).committedCells());
      entry.put("estimatedSeconds", estimate.relations().get(i).seconds());
      entry.put("layer", file.origins().get(i).location().layer());
      entry.put("source", file.origins().get(i).location().toString());
      entry.put("text", file.origins().get(i).location().text().strip());
      relations.add(entry);
    }
    out.put("layers", relations);
    out.put("network", file.summary().graph().stream().map(ModelReport::layer).toList());
    return out;
  }

  private static Map<String, Object> layer(Layer layer) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("layer", layer.location().layer());
    out.put("name", layer.name());
    out.put("operation", layer.mnemonic());
    out.put("shape", layer.shape());
    out.put("inputs", layer.inputs());
    out.put("source", layer.location().toString());
    out.put("text", layer.location().text().strip());
    return out;
  }

  private static Map<String, Object> fidelity(Summary.Fidelity f) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("rSquared", f.rSquared());
    out.put("cosine", f.cosine());
    if (!Double.isNaN(f.top1Agreement())) {
      out.put("top1Agreement", f.top1Agreement());
    }
    if (f.isExact()) {
      out.put("agreement", f.agreement());
    }
    return out;
  }

  /** The content of a verifier key as JSON. */
  static Map<String, Object> keyJson(KeyFile key) {
    CircuitStatistics s = CircuitStatistics.of(key.key().arithmetization().system());
    Circuit circuit = key.circuit().circuit();
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("kind", "key");
    out.put("digest", key.digest());
    out.put("inputs", portsJson(key.inputs(), key.circuit(), circuit.inputs()));
    out.put("outputs", portsJson(key.outputs(), key.circuit(), circuit.outputs()));
    key.generation().ifPresent(g -> out.put("generation", Map.of("tokens", g.length(key))));
    out.put("parameters", s.parameters());
    out.put("relations", s.relations());
    out.put("witnessCells", s.witnessCells());
    out.put("virtualCells", s.virtualCells());
    out.put("publicCells", s.publicCells());
    out.put("lookups", s.lookups());
    out.put("tables", s.tables());
    out.put("tableEntries", s.tableEntries());
    out.put("multiplications", s.multiplications());
    out.put("securityBits", securityBits(key));
    return out;
  }

  private static List<Object> portsJson(
      List<Port> ports, CheckedCircuit circuit, List<Integer> tensors) {
    List<Object> out = new ArrayList<>();
    for (int i = 0; i < ports.size(); i++) {
      TensorDeclaration t = circuit.tensor(tensors.get(i));
      Interval elements = circuit.interval(tensors.get(i));
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("name", ports.get(i).name());
      entry.put("shape", t.shape());
      entry.put("elementType", ports.get(i).elementType().text());
      entry.put("scale", ports.get(i).scale());
      if (!ports.get(i).units().isEmpty()) {
        entry.put("units", ports.get(i).units());
        entry.put("unitRun", ports.get(i).unitRun());
      }
      entry.put("low", elements.low());
      entry.put("high", elements.high());
      out.add(entry);
    }
    return out;
  }
}
