package org.zkc.gkr.circuit;

import java.util.Map;

/**
 * The meaning of a circuit: its relations are evaluated ({@link Relation#evaluate}) one after the
 * other. This evaluator is the reference for every executor.
 */
public final class CircuitEvaluator {
  private CircuitEvaluator() {}

  /**
   * The elements of every tensor, row-major, by tensor index.
   *
   * @param given the elements of every INPUT and MODEL tensor, inside their declared bounds;
   *     elements of any other tensor are taken from here instead of being computed
   */
  public static int[][] evaluate(CheckedCircuit checked, Map<Integer, int[]> given) {
    Circuit circuit = checked.circuit();
    int[][] elements = new int[circuit.tensors().size()][];
    given.forEach((t, values) -> elements[t] = values);
    for (Relation r : circuit.relations()) {
      if (elements[r.result()] == null) {
        elements[r.result()] = r.evaluate(circuit, t -> elements[t]);
      }
    }
    return elements;
  }
}
