package org.zkc.gkr.proof;

import org.zkc.gkr.circuit.CheckedCircuit;
import org.zkc.gkr.lookup.LeafLayout;
import org.zkc.gkr.relation.ConstraintSystem;
import org.zkc.gkr.relation.ModelLayout;
import org.zkc.gkr.relation.WitnessLayout;

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
}
