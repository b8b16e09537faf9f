package org.zkc.runtime.report;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.zkc.gkr.channel.Section;
import org.zkc.gkr.circuit.CheckedCircuit;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.gkr.circuit.Interval;
import org.zkc.gkr.circuit.Table;
import org.zkc.gkr.estimate.ProofComposition;
import org.zkc.gkr.estimate.ProofSize;
import org.zkc.gkr.file.KeyFile;
import org.zkc.gkr.file.Port;
import org.zkc.gkr.key.VerifierKey;
import org.zkc.gkr.layout.Opening;
import org.zkc.gkr.proof.PublicIntegers;
import org.zkc.gkr.security.SoundnessBudget;
import org.zkc.ir.Shape;
import org.zkc.runtime.report.Page.Column;
import org.zkc.runtime.report.Page.Row;
import org.zkc.runtime.report.Page.Unit;

/** Tables about keys and proofs, which the pages of several kinds of file share. */
final class KeyTables {
  private KeyTables() {}

  static double securityBits(VerifierKey key) {
    return budget(key).totalBits();
  }

  private static SoundnessBudget budget(VerifierKey key) {
    return SoundnessBudget.of(key.arithmetization(), key.parameters());
  }

  static Page.Table ports(KeyFile key) {
    Circuit circuit = key.circuit().circuit();
    List<Row> rows = new ArrayList<>();
    rows(rows, "input", key.inputs(), key.circuit(), circuit.inputs());
    rows(rows, "output", key.outputs(), key.circuit(), circuit.outputs());
    return new Page.Table(
        "ports",
        "Inputs and outputs",
        "A proof is about integers. Each stands for a real number: the integer times the scale.",
        List.of(
            Column.of("", "", Unit.TEXT),
            Column.of("name", "", Unit.CODE),
            Column.of("shape", "", Unit.CODE),
            Column.of("smallest", "Smaller values of an input are raised to this.", Unit.COUNT),
            Column.of("largest", "Larger values of an input are lowered to this.", Unit.COUNT),
            Column.of("scale", "The real number that the integer 1 stands for.", Unit.CODE)),
        rows,
        List.of());
  }

  private static void rows(
      List<Row> rows,
      String what,
      List<Port> ports,
      CheckedCircuit circuit,
      List<Integer> tensors) {
    for (int k = 0; k < ports.size(); k++) {
      Interval elements = circuit.interval(tensors.get(k));
      rows.add(
          Row.of(
              0,
              what,
              ports.get(k).name(),
              new Shape(circuit.tensor(tensors.get(k)).shape()).toString(),
              elements.low(),
              elements.high(),
              String.format(Locale.ROOT, "%.6g", ports.get(k).scale())
                  + (ports.get(k).units().isEmpty() ? "" : " times a unit per column")));
    }
  }

  static Page.Table security(VerifierKey key) {
    List<Row> rows = new ArrayList<>();
    SoundnessBudget budget = budget(key);
    budget.terms().forEach(t -> rows.add(Row.of(0, t.step(), t.bits(), ProofParts.step(t.step()))));
    return new Page.Table(
        "security",
        "How sure a verified proof is",
        ("Each step lets a false statement pass with a probability of at most 2 to the power of"
                + " minus its bits; the probabilities add up, so the total is below the smallest."
                + " The verifier opens %d columns of each commitment.")
            .formatted(key.parameters().queries()),
        List.of(
            Column.of("step of the protocol", "", Unit.TEXT),
            Column.of("bits", "Minus log2 of the probability.", Unit.BITS),
            Column.of("what could go wrong", "", Unit.TEXT)),
        rows,
        List.of("all together", budget.totalBits(), ""));
  }

  static Page.Table tables(Circuit circuit) {
    List<Row> rows = new ArrayList<>();
    long entries = 0;
    for (int k = 0; k < circuit.tables().size(); k++) {
      Table table = circuit.tables().get(k);
      entries += table.size();
      rows.add(
          Row.of(
              0,
              "table" + k,
              (long) table.size(),
              switch (table) {
                case Table.Clamp c -> "clamp to [%d, %d]".formatted(c.low(), c.high());
                case Table.Excess e -> "excess over [%d, %d]".formatted(e.low(), e.high());
                case Table.Entries e -> "a function given by its values";
              },
              "[%d, %d]".formatted(table.first(), table.first() + table.size() - 1)));
    }
    return new Page.Table(
        "tables",
        "Lookup tables",
        "Public functions on an interval of integers: rounding, clamping and activations are proved"
            + " by looking their values up.",
        List.of(
            Column.of("name", "", Unit.CODE),
            Column.of("entries", "", Unit.COUNT),
            Column.of("function", "", Unit.TEXT),
            Column.of("defined on", "", Unit.CODE)),
        rows,
        rows.isEmpty() ? List.of() : List.of("all", entries, "", ""));
  }

  /** The parts that a proof under this key will have, with their expected sizes. */
  static Page.Table expectedComposition(VerifierKey key) {
    ProofSize size = ProofSize.of(key.arithmetization(), key.parameters());
    Circuit circuit = key.circuit().circuit();
    long inputs = bytes(circuit, circuit.inputs());
    long outputs = bytes(circuit, circuit.outputs());
    List<Row> rows = new ArrayList<>();
    rows.add(ProofParts.row(ProofParts.INPUTS, inputs));
    rows.add(ProofParts.row(ProofParts.OUTPUTS, outputs));
    long sections = 0;
    for (Section section : Section.values()) {
      long n = size.sections().getOrDefault(section, 0L);
      sections += n;
      rows.add(ProofParts.row(section, n));
    }
    long witness = Math.round(size.opening(Opening.WITNESS));
    long model = Math.round(size.opening(Opening.MODEL));
    rows.add(ProofParts.row(ProofParts.WITNESS_OPENING, witness));
    rows.add(ProofParts.row(ProofParts.MODEL_OPENING, model));
    long combination = Math.round(size.opening(Opening.COMBINATION));
    rows.add(ProofParts.row(ProofParts.COMBINATION_OPENING, combination));
    long rest = size.bytes() - sections - witness - model - combination;
    rows.add(ProofParts.row(ProofParts.FRAME, rest));
    return ProofParts.table(
        "What a proof consists of",
        "Expected bytes of a proof of this model; zkc inspect PROOF.zkp --html shows those of a"
            + " proof at hand. Sizes follow from the circuit; the opened columns are an"
            + " expectation, as the verifier's random choices may coincide.",
        rows,
        inputs + outputs + size.bytes());
  }

  private static long bytes(Circuit circuit, List<Integer> tensors) {
    return tensors.stream().mapToLong(t -> PublicIntegers.bytes(circuit.tensors().get(t))).sum();
  }

  /** The parts of a proof file. */
  static Page.Table composition(ProofComposition c) {
    List<Row> rows = new ArrayList<>();
    rows.add(ProofParts.row(ProofParts.INPUTS, c.inputs()));
    rows.add(ProofParts.row(ProofParts.OUTPUTS, c.outputs()));
    rows.add(ProofParts.row(ProofParts.WITNESS_ROOT, c.witnessRoot()));
    rows.add(ProofParts.row(ProofParts.NONCES, c.nonces()));
    for (Section section : Section.values()) {
      rows.add(ProofParts.row(section, c.sections().getOrDefault(section, 0L)));
    }
    rows.add(ProofParts.row(ProofParts.WITNESS_COLUMNS, c.columnsOf(Opening.WITNESS)));
    rows.add(ProofParts.row(ProofParts.WITNESS_PATHS, c.pathsOf(Opening.WITNESS)));
    rows.add(ProofParts.row(ProofParts.MODEL_COLUMNS, c.columnsOf(Opening.MODEL)));
    rows.add(ProofParts.row(ProofParts.MODEL_PATHS, c.pathsOf(Opening.MODEL)));
    rows.add(ProofParts.row(ProofParts.COMBINATION_ROOT, c.combinationRoot()));
    rows.add(ProofParts.row(ProofParts.COMBINATION_COLUMNS, c.columnsOf(Opening.COMBINATION)));
    rows.add(ProofParts.row(ProofParts.COMBINATION_PATHS, c.pathsOf(Opening.COMBINATION)));
    rows.add(ProofParts.row(ProofParts.FRAME, c.frame()));
    return ProofParts.table(
        "What the proof consists of",
        "Every byte of the file, and what it is there for. Nothing was verified for this page: use"
            + " zkc verify.",
        rows,
        c.total());
  }

  static String root(VerifierKey key) {
    return HexFormat.of().formatHex(key.modelRoot());
  }
}
