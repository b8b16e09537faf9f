package org.zkc.gkr.prove.layered;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.zkc.gkr.channel.Section;
import org.zkc.gkr.channel.SendingChannel;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.kernel.Kernels;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.layered.Layer;
import org.zkc.gkr.layered.LayeredCircuit;
import org.zkc.gkr.layered.LayeredParameters;
import org.zkc.gkr.layered.LayeredStatement;
import org.zkc.gkr.layered.LayeredTranscript;
import org.zkc.gkr.layout.Opening;
import org.zkc.gkr.ligero.ColumnOpening;
import org.zkc.gkr.ligero.Columns;
import org.zkc.gkr.mle.EqTable;
import org.zkc.gkr.mle.Mle;
import org.zkc.gkr.proof.Proof;
import org.zkc.gkr.prove.commitment.RowSource;
import org.zkc.gkr.prove.commitment.WitnessCommitment;
import org.zkc.gkr.prove.sumcheck.SumcheckProver;
import org.zkc.gkr.sumcheck.SumcheckVerifier;
import org.zkc.gkr.transcript.Transcript;

/** The prover of {@link org.zkc.gkr.layered.LayeredVerifier}. */
public final class LayeredProver {
  /** A statement and its proof. */
  // The record passes from prover to caller and is never compared.
  @SuppressWarnings("ArrayRecordComponent")
  public record Proved(LayeredStatement statement, byte[] proof) {}

  private final LayeredCircuit circuit;
  private final LayeredParameters parameters;
  private final CopyOrder order;
  private final int copies;

  private LayeredProver(LayeredCircuit circuit, int copies) {
    this.circuit = circuit;
    this.copies = copies;
    parameters = LayeredParameters.of(circuit, copies);
    int widest = 1;
    for (Layer layer : circuit.layers()) {
      widest = Math.max(widest, layer.below().stream().mapToInt(w -> w).max().orElse(1));
    }
    order = CopyOrder.of(parameters.copyVariables(), widest);
  }

  /**
   * Carries the circuit out for every copy and proves it.
   *
   * @param copies at least 1
   * @param inputs of every input register in the circuit's order, public or committed: residues,
   *     copy by copy
   * @param context bound to the proof; the verifier must be given the same bytes
   * @param workers share the copies; the bytes do not depend on their number
   * @throws IllegalArgumentException when inputs have other sizes, or are no residues
   * @throws org.zkc.gkr.circuit.CircuitTooLarge when the copies are too many for 100 bits
   */
  public static Proved prove(
      LayeredCircuit circuit, int copies, List<int[]> inputs, byte[] context, Workers workers) {
    LayeredProver prover = of(circuit, copies);
    List<List<Register>> values = prover.values(inputs, workers);
    LayeredStatement statement = prover.statement(inputs, values);
    return new Proved(statement, prover.prove(statement, values, context, workers));
  }

  static LayeredProver of(LayeredCircuit circuit, int copies) {
    if (copies < 1 || copies > LayeredCircuit.MAX_COPIES) {
      throw new IllegalArgumentException(
          "1 to " + LayeredCircuit.MAX_COPIES + " copies, not " + copies);
    }
    return new LayeredProver(circuit, copies);
  }

  CopyOrder order() {
    return order;
  }

  /** The registers of the inputs and of every layer, in the order of copies. */
  List<List<Register>> values(List<int[]> inputs, Workers workers) {
    if (inputs.size() != circuit.inputs().size()) {
      throw new IllegalArgumentException(
          inputs.size() + " inputs of a circuit of " + circuit.inputs().size());
    }
    ArrayList<Register> first = new ArrayList<>();
    for (int r = 0; r < inputs.size(); r++) {
      first.add(Register.of(inOrder(circuit.inputs().get(r), inputs.get(r)), order, workers));
    }
    ArrayList<List<Register>> all = new ArrayList<>();
    all.add(first);
    for (Layer layer : circuit.layers()) {
      all.add(LayerValues.of(layer, order, all.getLast(), workers));
    }
    return all;
  }

  private int[] inOrder(LayeredCircuit.Input input, int[] values) {
    int width = input.width();
    if (values.length != (long) copies * width) {
      throw new IllegalArgumentException(
          "input %s has %d wires in %d copies: %d residues, not %d"
              .formatted(input.name(), width, copies, (long) copies * width, values.length));
    }
    int[] out = new int[Math.multiplyExact(order.copies(), width)];
    for (int c = 0; c < copies; c++) {
      int at = order.at(c / order.run(), width, 0) + c % order.run();
      for (int k = 0; k < width; k++) {
        int value = values[c * width + k];
        if (!M31.isCanonical(value)) {
          throw new IllegalArgumentException(
              "input " + input.name() + ", copy " + c + ": " + value + " is no residue");
        }
        out[at + k * order.run()] = value;
      }
    }
    return out;
  }

  LayeredStatement statement(List<int[]> inputs, List<List<Register>> values) {
    ArrayList<int[]> known = new ArrayList<>();
    for (int r = 0; r < inputs.size(); r++) {
      if (circuit.inputs().get(r).visibility() == LayeredCircuit.Visibility.PUBLIC) {
        known.add(inputs.get(r).clone());
      }
    }
    return new LayeredStatement(
        copies, known, values.getLast().stream().map(r -> copyByCopy(r.residues())).toList());
  }

  private int[] copyByCopy(int[] register) {
    int width = register.length / order.copies();
    int[] out = new int[copies * width];
    for (int c = 0; c < copies; c++) {
      int at = order.at(c / order.run(), width, 0) + c % order.run();
      for (int k = 0; k < width; k++) {
        out[c * width + k] = register[at + k * order.run()];
      }
    }
    return out;
  }

  /** Proves a statement from any values of the inputs and the layers. */
  byte[] prove(
      LayeredStatement statement, List<List<Register>> values, byte[] context, Workers workers) {
    SendingChannel out =
        new SendingChannel(LayeredTranscript.begin(circuit, parameters, statement, context));
    Transcript transcript = out.transcript();
    boolean commits = parameters.width() > 0;
    CommittedRows rows = new CommittedRows(circuit, order, values.getFirst(), parameters.width());
    WitnessCommitment commitment =
        commits
            ? WitnessCommitment.commit(parameters.width(), parameters.rows(), rows, workers)
            : null;
    byte[] root = commitment == null ? new byte[0] : commitment.root();
    transcript.absorb("input root", root);

    Ext[] z = transcript.challengeExts("output copies", parameters.copyVariables());
    ExtVector weights = wires(transcript, "output wires", circuit.outputWidth());
    TwoRounds.Known known = new TwoRounds.Known();
    for (int k = circuit.layers().size() - 1; k >= 0; k--) {
      Layer layer = circuit.layers().get(k);
      String name = "layer " + k;
      LayerProgramTables tables =
          new LayerProgramTables(layer, weights, z, order, values.get(k), known, workers);
      z = SumcheckProver.run(out, Section.RELATIONS, name, tables);
      ExtVector below = tables.ends(z);
      if (k > 0) {
        out.send(Section.RELATIONS, name + " ends", below);
        weights = wires(transcript, name + " wires", layer.widthBelow());
      } else {
        sendCommitted(out, below);
      }
    }
    long nonce = 0;
    EnumMap<Opening, ColumnOpening> openings = new EnumMap<>(Opening.class);
    if (commitment != null) {
      out.send(Section.COMBINATIONS, "input combination", combination(transcript, z, rows));
      nonce = transcript.grind("queries", parameters.security().queryGrindingBits());
      int[] drawn =
          transcript.challengeIndices(
              "input queries", parameters.security().queries(), Columns.count(parameters.width()));
      openings.put(Opening.WITNESS, commitment.open(Columns.distinct(drawn)));
    }
    Map<Section, byte[]> sections = new EnumMap<>(Section.class);
    for (Section s : Section.values()) {
      sections.put(s, out.bytes(s));
    }
    return new Proof(root, 0, sections, new byte[0], nonce, 0, openings).encode();
  }

  private static ExtVector wires(Transcript transcript, String label, int count) {
    return EqTable.of(transcript.challengeExts(label, Mle.variables(count)), count);
  }

  private void sendCommitted(SendingChannel out, ExtVector inputs) {
    int at = 0;
    for (LayeredCircuit.Input input : circuit.inputs()) {
      if (input.visibility() == LayeredCircuit.Visibility.COMMITTED) {
        ExtVector register = inputs.slice(at, input.width());
        out.send(Section.RELATIONS, "input " + input.name() + " ends", register);
      }
      at += input.width();
    }
  }

  /** The rows' combination at the point of the committed wires' claim. */
  private ExtVector combination(Transcript transcript, Ext[] z, CommittedRows rows) {
    int committed = circuit.inputWidth(LayeredCircuit.Visibility.COMMITTED);
    Ext[] tau = transcript.challengeExts("committed wires", Mle.variables(committed));
    Ext[] point = SumcheckVerifier.join(tau, z);
    int low = Math.min(point.length, Mle.variables(parameters.width()));
    ExtVector coefficients =
        EqTable.of(Arrays.copyOf(point, point.length - low), parameters.rows());
    ExtVector u = new ExtVector(parameters.width());
    int[] row = new int[parameters.width()];
    for (int r = 0; r < parameters.rows(); r++) {
      Arrays.fill(row, 0);
      rows.fill(r, row, 0);
      Kernels.best().addScaledBase(u, coefficients.get(r), row, 0, row.length);
    }
    return u;
  }

  /** The committed wires, each over all copies, one after the other. */
  private static final class CommittedRows implements RowSource {
    private final ArrayList<int[]> tables = new ArrayList<>();
    private final ArrayList<Integer> wires = new ArrayList<>();
    private final ArrayList<Integer> widths = new ArrayList<>();
    private final CopyOrder order;
    private final int width;

    CommittedRows(LayeredCircuit circuit, CopyOrder order, List<Register> inputs, int width) {
      this.order = order;
      this.width = width;
      for (int r = 0; r < inputs.size(); r++) {
        LayeredCircuit.Input input = circuit.inputs().get(r);
        if (input.visibility() == LayeredCircuit.Visibility.COMMITTED) {
          for (int k = 0; k < input.width(); k++) {
            tables.add(inputs.get(r).residues());
            wires.add(k);
            widths.add(input.width());
          }
        }
      }
    }

    @Override
    public void fill(int row, int[] target, int at) {
      long first = (long) row * width;
      int run = order.run();
      for (int from = 0; from < width; ) {
        long cell = first + from;
        int wire = (int) (cell / order.copies());
        if (wire == wires.size()) {
          return;
        }
        int copy = (int) (cell % order.copies());
        int count = Math.min(width - from, run - copy % run);
        int source = order.at(copy / run, widths.get(wire), wires.get(wire)) + copy % run;
        System.arraycopy(tables.get(wire), source, target, at + from, count);
        from += count;
      }
    }
  }
}
