package org.zkc.gkr.prove.layered;

import java.util.ArrayList;
import java.util.List;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.layered.Gate;
import org.zkc.gkr.layered.Layer;
import org.zkc.gkr.layered.LayeredCircuit;

/** The meaning of a circuit, one copy and one wire at a time. */
final class CircuitMeaning {
  private CircuitMeaning() {}

  /** The output registers of one copy. */
  static List<int[]> outputs(LayeredCircuit circuit, List<int[]> inputs) {
    List<int[]> registers = inputs;
    for (Layer layer : circuit.layers()) {
      registers = layer(layer, registers);
    }
    return registers;
  }

  private static List<int[]> layer(Layer layer, List<int[]> below) {
    ArrayList<int[]> made = new ArrayList<>();
    for (Gate gate : layer.gates()) {
      made.add(
          switch (gate) {
            case Gate.Below b -> below.get(b.register());
            case Gate.Constant c -> c.values();
            case Gate.Sum s -> {
              int[] out = new int[made.get(s.terms().getFirst().source()).length];
              for (Gate.Term t : s.terms()) {
                for (int k = 0; k < out.length; k++) {
                  out[k] = M31.add(out[k], M31.mul(t.coefficient(), made.get(t.source())[k]));
                }
              }
              yield out;
            }
            case Gate.Product p -> {
              int[] out = made.get(p.left()).clone();
              for (int k = 0; k < out.length; k++) {
                out[k] = M31.mul(out[k], made.get(p.right())[k]);
              }
              yield out;
            }
            case Gate.Select s -> {
              ArrayList<Integer> all = new ArrayList<>();
              for (int source : s.sources()) {
                for (int value : made.get(source)) {
                  all.add(value);
                }
              }
              int[] out = s.indices().clone();
              for (int k = 0; k < out.length; k++) {
                out[k] = all.get(out[k]);
              }
              yield out;
            }
            case Gate.Total t -> {
              int sum = 0;
              for (int value : made.get(t.source())) {
                sum = M31.add(sum, value);
              }
              yield new int[] {sum};
            }
          });
    }
    return layer.outputs().stream().map(made::get).toList();
  }
}
