package org.zkc.gkr.layout;

import java.util.List;
import java.util.stream.Stream;
import org.zkc.gkr.circuit.CheckedCircuit;
import org.zkc.gkr.relation.ConstraintSystem;

/**
 * A circuit's constraints and layouts: a function of the circuit, the same for prover and verifier.
 */
public record Arithmetization(
    ConstraintSystem system, LeafLayout leaves, WitnessLayout witness, ModelLayout model) {
  public static Arithmetization of(CheckedCircuit circuit) {
    ConstraintSystem system = ConstraintSystem.of(circuit);
    WitnessLayout witness = WitnessLayout.of(system, ModelLayout.widthAlone(system));
    return new Arithmetization(
        system, LeafLayout.of(system), witness, ModelLayout.of(system, witness));
  }

  /**
   * The arithmetization of the circuit of several samples of this one's ({@link
   * org.zkc.gkr.circuit.BatchedCircuit}), whose model is already committed to and keeps its layout.
   */
  public Arithmetization batched(CheckedCircuit circuit) {
    ConstraintSystem batched = ConstraintSystem.of(circuit);
    int modelWidth = model.isEmpty() ? 0 : model.width();
    return new Arithmetization(
        batched, LeafLayout.of(batched), WitnessLayout.of(batched, modelWidth), model);
  }

  /** The layout of the matrix of an opening. */
  public RowLayout layout(Opening opening) {
    return switch (opening) {
      case WITNESS -> witness;
      case MODEL -> model;
      case COMBINATION -> combination();
    };
  }

  /** The layout of the row combinations. */
  public CombinationLayout combination() {
    return CombinationLayout.of(
        witness.isEmpty() ? 0 : witness.width(), model.isEmpty() ? 0 : model.width());
  }

  /** The openings whose matrices are not empty, in the order of the protocol. */
  public List<Opening> openings() {
    return Stream.of(Opening.values()).filter(o -> !layout(o).isEmpty()).toList();
  }
}
