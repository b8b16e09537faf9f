package org.zkc.gkr.layout;

import java.util.Arrays;
import java.util.List;
import org.zkc.gkr.circuit.CheckedCircuit;
import org.zkc.gkr.relation.ConstraintSystem;

/**
 * A circuit's constraints and where everything lies: a function of the circuit, the same for prover
 * and verifier.
 */
public record Arithmetization(
    ConstraintSystem system, LeafLayout leaves, WitnessLayout witness, ModelLayout model) {
  public static Arithmetization of(CheckedCircuit circuit) {
    ConstraintSystem system = ConstraintSystem.of(circuit);
    WitnessLayout witness = WitnessLayout.of(system);
    return new Arithmetization(
        system, LeafLayout.of(system), witness, ModelLayout.of(system, witness));
  }

  /**
   * The arithmetization of the circuit of several samples of this one's ({@link
   * org.zkc.gkr.circuit.BatchedCircuit}), whose model is committed to already and lies where it
   * lies.
   */
  public Arithmetization batched(CheckedCircuit circuit) {
    ConstraintSystem batched = ConstraintSystem.of(circuit);
    return new Arithmetization(batched, LeafLayout.of(batched), WitnessLayout.of(batched), model);
  }

  /** The layout of the tensors that an opening is about. */
  public RowLayout layout(Opening opening) {
    return switch (opening) {
      case WITNESS -> witness;
      case MODEL -> model;
    };
  }

  /** The openings of things that there are, in the order of the protocol. */
  public List<Opening> openings() {
    return Arrays.stream(Opening.values()).filter(o -> !layout(o).isEmpty()).toList();
  }
}
