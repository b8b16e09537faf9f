package org.zkc.runtime.emit;

import java.util.List;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.ir.Location;

/**
 * A circuit with the model's integers, and what each relation came from.
 *
 * @param origins for each relation, the mnemonic and source line of the op that asked for it
 */
public record EmittedCircuit(Circuit circuit, ModelWeights model, List<Origin> origins) {

  /** The op behind a relation. */
  public record Origin(String mnemonic, Location location) {}

  public EmittedCircuit {
    origins = List.copyOf(origins);
  }
}
