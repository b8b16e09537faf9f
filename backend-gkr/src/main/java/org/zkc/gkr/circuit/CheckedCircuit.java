package org.zkc.gkr.circuit;

import java.util.List;
import java.util.Set;

/**
 * A circuit that {@link CircuitCheck} accepted, with the intervals and degrees that the check
 * found. Only the check creates instances.
 */
public final class CheckedCircuit {
  private final Circuit circuit;
  private final List<Interval> intervals;
  private final int[] degrees;
  private final long lookups;
  private final Set<Integer> outputs;

  CheckedCircuit(Circuit circuit, List<Interval> intervals, int[] degrees, long lookups) {
    this.circuit = circuit;
    this.intervals = List.copyOf(intervals);
    this.degrees = degrees.clone();
    this.lookups = lookups;
    this.outputs = Set.copyOf(circuit.outputs());
  }

  public Circuit circuit() {
    return circuit;
  }

  public TensorDeclaration tensor(int id) {
    return circuit.tensors().get(id);
  }

  /**
   * The interval that contains every element of tensor {@code id} on every input within the
   * declared bounds.
   */
  public Interval interval(int id) {
    return intervals.get(id);
  }

  /** The multiplicative degree of a tensor since the last commitment. */
  public int degree(int id) {
    return degrees[id];
  }

  /** The lookups that the check counted: of values, and of remainders' limbs. */
  public long lookups() {
    return lookups;
  }

  /** Whether the elements are in the statement: an input or an output. */
  public boolean isPublic(int id) {
    return tensor(id).role() == TensorDeclaration.Role.INPUT || outputs.contains(id);
  }
}
