package org.zkc.gkr.prove.layered;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.zkc.gkr.channel.Section;
import org.zkc.gkr.channel.SendingChannel;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.kernel.Kernels;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.layered.Layer;
import org.zkc.gkr.layered.LayeredCircuit;
import org.zkc.gkr.layered.LayeredCircuit.Visibility;
import org.zkc.gkr.layered.LayeredCircuitBuilder;
import org.zkc.gkr.layered.LayeredParameters;
import org.zkc.gkr.layered.LayeredStatement;
import org.zkc.gkr.layered.LayeredTranscript;
import org.zkc.gkr.layered.LayeredVerifier;
import org.zkc.gkr.layered.Wires;
import org.zkc.gkr.layout.Opening;
import org.zkc.gkr.ligero.ColumnOpening;
import org.zkc.gkr.ligero.Columns;
import org.zkc.gkr.mle.EqTable;
import org.zkc.gkr.proof.Proof;
import org.zkc.gkr.prove.commitment.WitnessCommitment;
import org.zkc.gkr.transcript.Transcript;

/** Provers of wrong outputs that adapt all they can. */
class LayeredAttackTest {
  private static final byte[] NOTHING = {};

  private static String rejection(
      LayeredCircuit circuit, LayeredStatement statement, byte[] proof) {
    return assertThrows(
            VerificationFailure.class,
            () -> LayeredVerifier.verify(circuit, statement, proof, NOTHING))
        .where();
  }

  /** A wrong wire in one layer, and everything above it made of the wrong one. */
  @ParameterizedTest
  @EnumSource(Visibility.class)
  void aWrongWireOfALayer(Visibility visibility) {
    LayeredCircuit circuit = LayeredCircuits.small(visibility);
    int copies = 5;
    LayeredProver prover = LayeredProver.of(circuit, copies);
    List<int[]> inputs = LayeredCircuits.inputs(circuit, copies, 9);
    for (int wrong = 1; wrong <= circuit.layers().size(); wrong++) {
      List<List<Register>> values = new ArrayList<>(prover.values(inputs, Workers.callerOnly()));
      int[] register = values.get(wrong).getFirst().residues();
      register[3] = M31.add(register[3], 1);
      for (int k = wrong; k < circuit.layers().size(); k++) {
        values.set(
            k + 1,
            LayerValues.of(
                circuit.layers().get(k), prover.order(), values.get(k), Workers.callerOnly()));
      }
      LayeredStatement statement = prover.statement(inputs, values);
      byte[] proof = prover.prove(statement, values, NOTHING, Workers.callerOnly());
      String where = rejection(circuit, statement, proof);
      assertTrue(where.startsWith("layer " + (wrong - 1) + " ends"), where);
    }
  }

  /** Copies that pad their number to a power of two have inputs of zeros, as the verifier says. */
  @Test
  void otherInputsOfPaddedCopies() {
    LayeredCircuit circuit = LayeredCircuits.small(Visibility.COMMITTED);
    LayeredProver prover = LayeredProver.of(circuit, 3);
    List<int[]> inputs = LayeredCircuits.inputs(circuit, 3, 4);
    List<List<Register>> values = new ArrayList<>();
    List<Register> first = prover.values(inputs, Workers.callerOnly()).getFirst();
    for (Register register : first) {
      register.residues()[3 * 4] = 7;
    }
    values.add(first);
    for (Layer layer : circuit.layers()) {
      values.add(LayerValues.of(layer, prover.order(), values.getLast(), Workers.callerOnly()));
    }
    LayeredStatement statement = prover.statement(inputs, values);
    byte[] proof = prover.prove(statement, values, NOTHING, Workers.callerOnly());
    String where = rejection(circuit, statement, proof);
    assertTrue(where.startsWith("layer 1 ends"), where);
  }

  /** How far a prover of a wrong output goes on with agreeing messages. */
  private enum Forgery {
    ENDS,
    ENDS_AND_COMBINATION
  }

  /**
   * One layer y = a b, a and b committed to. The ends are chosen so that the layer's equation holds
   * for a wrong output, and the row combination so that it has their value.
   */
  @ParameterizedTest
  @EnumSource(Forgery.class)
  void endsThatAgreeWithAWrongOutput(Forgery forgery) {
    LayeredCircuitBuilder b = new LayeredCircuitBuilder();
    Wires x = b.committedInput("x", 2);
    Wires y = b.committedInput("y", 2);
    LayeredCircuit circuit = b.outputs(b.multiply(x, y));
    LayeredStatement statement = new LayeredStatement(1, List.of(), List.of(new int[] {15, 99}));
    int[] committed = {3, 7, 5, 11};
    LayeredParameters parameters = LayeredParameters.of(circuit, 1);
    WitnessCommitment commitment =
        WitnessCommitment.commit(
            parameters.width(),
            parameters.rows(),
            (row, target, at) -> System.arraycopy(committed, 0, target, at, committed.length),
            Workers.callerOnly());
    SendingChannel out =
        new SendingChannel(LayeredTranscript.begin(circuit, parameters, statement, NOTHING));
    Transcript t = out.transcript();
    t.absorb("input root", commitment.root());
    t.challengeExts("output copies", 0);
    t.challengeExts("output wires", 1);
    // 7 * (99 / 7) = 99, whatever the weights.
    Ext quotient = Ext.of(M31.mul(99, M31.inv(7)));
    ExtVector ends = ExtVector.of(Ext.of(3), Ext.of(7), Ext.of(5), quotient);
    out.send(Section.RELATIONS, "input x ends", ends.slice(0, 2));
    out.send(Section.RELATIONS, "input y ends", ends.slice(2, 2));
    ExtVector weights = EqTable.of(t.challengeExts("committed wires", 2));
    ExtVector u = new ExtVector(parameters.width());
    for (int k = 0; k < committed.length; k++) {
      u.set(k, Ext.of(committed[k]));
    }
    if (forgery == Forgery.ENDS_AND_COMBINATION) {
      Ext missing =
          Kernels.best().dot(weights, ends).sub(Kernels.best().dot(weights, u.slice(0, 4)));
      u.set(0, u.get(0).add(missing.mul(weights.get(0).inv())));
    }
    out.send(Section.COMBINATIONS, "input combination", u);
    long nonce = t.grind("queries", parameters.security().queryGrindingBits());
    int[] drawn =
        t.challengeIndices(
            "input queries", parameters.security().queries(), Columns.count(parameters.width()));
    ColumnOpening opening = commitment.open(Columns.distinct(drawn));
    Map<Section, byte[]> sections = new EnumMap<>(Section.class);
    for (Section s : Section.values()) {
      sections.put(s, out.bytes(s));
    }
    byte[] proof =
        new Proof(
                commitment.root(),
                0,
                sections,
                new byte[0],
                nonce,
                0,
                Map.of(Opening.WITNESS, opening))
            .encode();
    String expected =
        switch (forgery) {
          case ENDS -> "input combination";
          case ENDS_AND_COMBINATION -> "input column";
        };
    String where = rejection(circuit, statement, proof);
    assertTrue(where.startsWith(expected), where);
  }
}
