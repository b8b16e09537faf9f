package org.zkc.gkr.layered;

import java.util.Arrays;
import org.zkc.gkr.channel.ReceivingChannel;
import org.zkc.gkr.channel.Section;
import org.zkc.gkr.circuit.CircuitTooLarge;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.Kernels;
import org.zkc.gkr.layout.Opening;
import org.zkc.gkr.ligero.ColumnOpening;
import org.zkc.gkr.ligero.Columns;
import org.zkc.gkr.ligero.LigeroVerifier;
import org.zkc.gkr.mle.EqTable;
import org.zkc.gkr.mle.Mle;
import org.zkc.gkr.proof.Proof;
import org.zkc.gkr.sumcheck.SumcheckVerifier;
import org.zkc.gkr.transcript.Transcript;

/**
 * Checks proofs of layered circuits over many copies (docs/protocol.md section 12).
 *
 * <pre>
 * claim    sum over wires j of w_j V(z, j) = C, V(z, j) the extension over the copies of wire j
 * layer    V(z, j) = sum over copies c of eq(z, c) P_j(V'(c, .)), P the layer's program, V' the layer below
 * rounds   a sumcheck over the copies, eq split off, which ends in sum_j w_j P_j(V'(r, .)) = C'
 * message  V'(r, k) for every wire k below
 * check    that equation; then w'_k = eq(tau, k) for fresh tau, z' = r, C' = sum_k w'_k V'(r, k)
 * </pre>
 *
 * The first claim is that of the public outputs at a random point. The last claim is about the
 * inputs: the verifier computes the values of public inputs, and committed inputs are opened.
 *
 * <p>The work is that of the circuit's wiring, once for all copies, of the public values, and of
 * one opening.
 */
public final class LayeredVerifier {
  private final LayeredCircuit circuit;
  private final LayeredStatement statement;
  private final LayeredParameters parameters;
  private final Proof proof;
  private final ReceivingChannel in;

  private LayeredVerifier(
      LayeredCircuit circuit,
      LayeredStatement statement,
      LayeredParameters parameters,
      Proof proof,
      byte[] context) {
    this.circuit = circuit;
    this.statement = statement;
    this.parameters = parameters;
    this.proof = proof;
    in =
        new ReceivingChannel(
            LayeredTranscript.begin(circuit, parameters, statement, context), proof.sections());
  }

  /**
   * Returns normally when {@code proof} proves {@code statement} for {@code circuit}, which is the
   * verifier's own: a circuit that a prover chose may compute the hash that challenges are drawn
   * with.
   *
   * @param context the bytes that the prover bound to the proof
   * @throws VerificationFailure otherwise; nothing else is thrown, whatever the bytes
   */
  public static void verify(
      LayeredCircuit circuit, LayeredStatement statement, byte[] proof, byte[] context) {
    statement.require(circuit);
    LayeredParameters parameters;
    try {
      parameters = LayeredParameters.of(circuit, statement.copies());
    } catch (CircuitTooLarge e) {
      VerificationFailure f =
          new VerificationFailure(
              "copies", "as many as reach the bits of security", String.valueOf(e.getMessage()));
      f.initCause(e);
      throw f;
    }
    new LayeredVerifier(circuit, statement, parameters, Proof.decode(proof), context).run();
  }

  private void run() {
    boolean commits = parameters.width() > 0;
    requireNothingElse(commits);
    Transcript transcript = in.transcript();
    transcript.absorb("input root", proof.witnessRoot());

    Ext[] z = transcript.challengeExts("output copies", parameters.copyVariables());
    ExtVector weights = wires("output wires", circuit.outputWidth());
    Ext claim = Kernels.best().dot(weights, outputs(z));
    ExtVector below = new ExtVector(0);
    for (int k = circuit.layers().size() - 1; k >= 0; k--) {
      Layer layer = circuit.layers().get(k);
      String name = "layer " + k;
      SumcheckVerifier.Ending ending =
          SumcheckVerifier.split(in, Section.RELATIONS, name, claim, z, layer.degree());
      z = ending.point();
      below = k > 0 ? ends(name + " ends", layer.widthBelow()) : inputs(z);
      VerificationFailure.requireEqual(
          name + " ends", ending.value(), Kernels.best().dot(weights, layer.evaluate(below)));
      if (k > 0) {
        weights = wires(name + " wires", layer.widthBelow());
        claim = Kernels.best().dot(weights, below);
      }
    }
    if (commits) {
      open(z, committed(below));
    }
    in.finish();
  }

  private ExtVector ends(String label, int count) {
    return in.receiveVector(Section.RELATIONS, label, count);
  }

  /** eq at fresh challenges on {@code count} wires. */
  private ExtVector wires(String label, int count) {
    return EqTable.of(in.transcript().challengeExts(label, Mle.variables(count)), count);
  }

  /** The outputs' extensions at a point of the copies; padded copies have inputs of zeros. */
  private ExtVector outputs(Ext[] z) {
    ExtVector eq = EqTable.of(z, statement.copies());
    ExtVector out = statement.output(circuit, eq);
    if (statement.copies() < 1 << z.length) {
      ExtVector ofZeros = new ExtVector(circuit.layers().getFirst().widthBelow());
      for (Layer layer : circuit.layers()) {
        ofZeros = layer.evaluate(ofZeros);
      }
      Ext real = Ext.ZERO;
      for (int c = 0; c < eq.length(); c++) {
        real = real.add(eq.get(c));
      }
      Kernels.best().addScaled(out, Ext.ONE.sub(real), ofZeros);
    }
    return out;
  }

  /** The inputs' extensions at a point of the copies: computed, or received where committed. */
  private ExtVector inputs(Ext[] z) {
    ExtVector eq = EqTable.of(z, statement.copies());
    ExtVector all = new ExtVector(circuit.layers().getFirst().widthBelow());
    int at = 0;
    int seen = 0;
    for (LayeredCircuit.Input input : circuit.inputs()) {
      ExtVector register =
          switch (input.visibility()) {
            case PUBLIC -> statement.input(seen++, input.width(), eq);
            case COMMITTED -> ends("input " + input.name() + " ends", input.width());
          };
      all.slice(at, input.width()).copyFrom(register);
      at += input.width();
    }
    return all;
  }

  private ExtVector committed(ExtVector inputs) {
    ExtVector out = new ExtVector(circuit.inputWidth(LayeredCircuit.Visibility.COMMITTED));
    int from = 0;
    int to = 0;
    for (LayeredCircuit.Input input : circuit.inputs()) {
      if (input.visibility() == LayeredCircuit.Visibility.COMMITTED) {
        out.slice(to, input.width()).copyFrom(inputs.slice(from, input.width()));
        to += input.width();
      }
      from += input.width();
    }
    return out;
  }

  /** The committed wires are the rows' elements, wire by wire, each over all copies. */
  private void open(Ext[] z, ExtVector committed) {
    Transcript transcript = in.transcript();
    Ext[] tau = transcript.challengeExts("committed wires", Mle.variables(committed.length()));
    Ext value = Kernels.best().dot(EqTable.of(tau, committed.length()), committed);
    Ext[] point = SumcheckVerifier.join(tau, z);
    int low = Math.min(point.length, parameters.widthVariables());
    Ext[] inRow = SumcheckVerifier.suffix(point, low);
    Ext[] ofRow = Arrays.copyOf(point, point.length - low);
    ExtVector u = in.receiveVector(Section.COMBINATIONS, "input combination", parameters.width());
    VerificationFailure.requireEqual(
        "input combination", value, Mle.evaluate(u.slice(0, 1 << low), inRow));
    transcript.checkGrind("queries", parameters.security().queryGrindingBits(), proof.queryNonce());
    int[] drawn =
        transcript.challengeIndices(
            "input queries", parameters.security().queries(), Columns.count(parameters.width()));
    LigeroVerifier.check(
        "input",
        proof.witnessRoot(),
        parameters.width(),
        parameters.rows(),
        EqTable.of(ofRow, parameters.rows()),
        u,
        Columns.distinct(drawn),
        proof.opening(Opening.WITNESS));
  }

  /** The parts that only proofs of networks have are empty. */
  private void requireNothingElse(boolean commits) {
    VerificationFailure.requireCount(
        "bytes of the input root", commits ? ROOT_BYTES : 0, proof.witnessRoot().length);
    VerificationFailure.requireCount("lookup nonce", 0, proof.lookupNonce());
    VerificationFailure.requireCount(
        "bytes of the combination root", 0, proof.combinationRoot().length);
    VerificationFailure.requireCount("combination nonce", 0, proof.combinationNonce());
    for (Opening o : Opening.values()) {
      if (commits && o == Opening.WITNESS) {
        continue;
      }
      ColumnOpening opening = proof.opening(o);
      VerificationFailure.requireCount(o.text() + " columns", 0, opening.columns().length);
      VerificationFailure.requireCount(o.text() + " paths", 0, opening.multiproof().length);
    }
    if (!commits) {
      VerificationFailure.requireCount("query nonce", 0, proof.queryNonce());
    }
  }

  private static final int ROOT_BYTES = 32;
}
