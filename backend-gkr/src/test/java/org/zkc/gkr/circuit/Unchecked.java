package org.zkc.gkr.circuit;

import java.util.Arrays;
import java.util.List;

/** Circuits that the check would refuse, for tests that show what the check is there for. */
public final class Unchecked {
  private Unchecked() {}

  /** A circuit taken at its declarations' word. */
  public static CheckedCircuit circuit(Circuit circuit) {
    List<Interval> declared =
        circuit.tensors().stream().map(d -> new Interval(d.low(), d.high())).toList();
    int[] degrees = new int[declared.size()];
    Arrays.fill(degrees, 1);
    return new CheckedCircuit(circuit, declared, degrees, 0);
  }
}
