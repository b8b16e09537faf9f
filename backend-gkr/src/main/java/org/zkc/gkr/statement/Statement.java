package org.zkc.gkr.statement;

import java.util.List;

/**
 * The public integers of a proof: the elements of every input and every output of the circuit, in
 * the circuit's order, each tensor row-major over its real index set.
 */
public record Statement(List<int[]> inputs, List<int[]> outputs) {
  public Statement {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }
}
