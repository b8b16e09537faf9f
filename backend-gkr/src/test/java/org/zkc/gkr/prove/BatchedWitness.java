package org.zkc.gkr.prove;

import java.util.Arrays;
import java.util.List;
import org.zkc.gkr.circuit.BatchedCircuit;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.gkr.circuit.TensorDeclaration;
import org.zkc.gkr.circuit.ViewSemantics;
import org.zkc.gkr.circuit.ViewStep;
import org.zkc.gkr.field.M31;

/** The witness of a batch, from the witnesses of its samples. */
public final class BatchedWitness {
  private BatchedWitness() {}

  /**
   * Puts samples together, each of whose tensors is taken out of its witness.
   *
   * @param one the key of one sample
   * @param samples 2 or more
   * @throws org.zkc.gkr.circuit.InvalidCircuit as {@link BatchedCircuit#of}
   */
  public static Witness of(ProvingKey one, List<Witness> samples) {
    BatchedCircuit batch = BatchedCircuit.of(one.verifierKey().circuit(), samples.size());
    Circuit circuit = one.verifierKey().circuit().circuit();
    Witness out = new Witness(batch.circuit().tensors().size());
    for (int t = 0; t < circuit.tensors().size(); t++) {
      if (circuit.tensors().get(t).role() == TensorDeclaration.Role.MODEL) {
        continue;
      }
      out.set(t, batch.isPerSample(t) ? joined(samples, t) : samples.getFirst().elements(t));
      for (Witness w : samples) {
        w.release(t);
      }
    }
    for (BatchedCircuit.Copy copy : batch.copies()) {
      out.set(copy.tensor(), elements(copy, batch.circuit(), out, one));
    }
    return out;
  }

  private static int[] joined(List<Witness> samples, int tensor) {
    int[] first = samples.getFirst().elements(tensor);
    int[] out = Arrays.copyOf(first, Math.multiplyExact(first.length, samples.size()));
    for (int k = 1; k < samples.size(); k++) {
      System.arraycopy(samples.get(k).elements(tensor), 0, out, k * first.length, first.length);
    }
    return out;
  }

  private static int[] elements(
      BatchedCircuit.Copy copy, Circuit circuit, Witness witness, ProvingKey one) {
    TensorDeclaration original = circuit.tensors().get(copy.original());
    long[] elements =
        Arrays.stream(
                original.role() == TensorDeclaration.Role.MODEL
                    ? signed(one.model().residues(copy.original()))
                    : witness.elements(copy.original()))
            .asLongStream()
            .toArray();
    List<Integer> shape = original.shape();
    for (ViewStep step : copy.steps()) {
      elements = ViewSemantics.apply(elements, shape, step);
      shape = ViewSemantics.outcomeShape(shape, step);
    }
    return Arrays.stream(elements).mapToInt(Math::toIntExact).toArray();
  }

  private static int[] signed(int[] residues) {
    return Arrays.stream(residues).map(M31::toSigned).toArray();
  }
}
