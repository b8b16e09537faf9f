package org.zkc.gkr.relation;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.zkc.gkr.circuit.Interval;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.weight.Weight;

/**
 * The elements of the PUBLIC tensors, checked against their intervals, and the values of claims
 * about them.
 */
public final class PublicValues {
  private final Map<Integer, int[]> residues = new HashMap<>();
  private final Map<Integer, Map<Integer, Ext>> evaluated = new HashMap<>();

  /**
   * Takes the public integers of a statement, tensor by tensor.
   *
   * @throws VerificationFailure when a count differs or an integer lies outside its tensor's
   *     interval
   */
  public PublicValues(ConstraintSystem system, List<int[]> inputs, List<int[]> outputs) {
    take(system, "input", system.circuit().inputs(), inputs);
    take(system, "output", system.circuit().outputs(), outputs);
  }

  private void take(
      ConstraintSystem system, String kind, List<Integer> tensors, List<int[]> values) {
    VerificationFailure.requireCount("number of " + kind + "s", tensors.size(), values.size());
    for (int k = 0; k < tensors.size(); k++) {
      int tensor = tensors.get(k);
      String where = kind + " " + k;
      int[] elements = values.get(k);
      VerificationFailure.requireCount(
          where + " elements", system.tensor(tensor).elementCount(), elements.length);
      Interval interval = system.checked().interval(tensor);
      int[] out = new int[elements.length];
      for (int i = 0; i < elements.length; i++) {
        if (!interval.contains(elements[i])) {
          throw new VerificationFailure(
              where + " element " + i, "an integer in " + interval, Integer.toString(elements[i]));
        }
        out[i] = M31.fromSigned(elements[i]);
      }
      residues.put(tensor, out);
    }
  }

  /** The residues of a PUBLIC tensor, row-major. */
  public int[] residues(int tensor) {
    return Objects.requireNonNull(residues.get(tensor), "the tensor is not PUBLIC");
  }

  /** &lt;weight, tensor&gt;. */
  public Ext value(int tensor, Weight weight) {
    return evaluated
        .computeIfAbsent(tensor, t -> new HashMap<>())
        .computeIfAbsent(weight.number(), n -> weight.dot(residues(tensor)));
  }
}
