package org.zkc.gkr.layered;

import java.util.List;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.kernel.Kernels;

/**
 * The claim that a proof of a {@link LayeredCircuit} shows: in each of {@code copies} copies the
 * circuit gives these outputs for these public inputs, and for committed inputs that exist.
 *
 * @param copies at least 1
 * @param inputs of each public input register, in the circuit's order: residues, copy by copy,
 *     copies * width of them
 * @param outputs likewise of each output register
 */
public record LayeredStatement(int copies, List<int[]> inputs, List<int[]> outputs) {
  public LayeredStatement {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /**
   * Checks the numbers of copies and of residues, and the residues themselves.
   *
   * @throws VerificationFailure when it is no statement about {@code circuit}
   */
  void require(LayeredCircuit circuit) {
    if (copies < 1 || copies > LayeredCircuit.MAX_COPIES) {
      throw new VerificationFailure(
          "copies", "1 to " + LayeredCircuit.MAX_COPIES, Integer.toString(copies));
    }
    List<Integer> widths =
        circuit.inputs().stream()
            .filter(i -> i.visibility() == LayeredCircuit.Visibility.PUBLIC)
            .map(LayeredCircuit.Input::width)
            .toList();
    require("public inputs", widths, inputs);
    require("outputs", outputWidths(circuit), outputs);
  }

  private void require(String where, List<Integer> widths, List<int[]> values) {
    VerificationFailure.requireCount(where, widths.size(), values.size());
    for (int r = 0; r < widths.size(); r++) {
      int[] register = values.get(r);
      VerificationFailure.requireCount(
          where + ", residues of register " + r, (long) copies * widths.get(r), register.length);
      for (int value : register) {
        if (!M31.isCanonical(value)) {
          throw new VerificationFailure(where, "residues below p", Integer.toString(value));
        }
      }
    }
  }

  private static List<Integer> outputWidths(LayeredCircuit circuit) {
    Layer last = circuit.layers().getLast();
    return last.outputs().stream().map(last::width).toList();
  }

  /** sum over copies c of eq[c] times public input register {@code register} of copy c. */
  ExtVector input(int register, int width, ExtVector eq) {
    return combination(inputs.get(register), width, eq);
  }

  /** sum over copies c of eq[c] times the outputs of copy c, its registers one after the other. */
  ExtVector output(LayeredCircuit circuit, ExtVector eq) {
    ExtVector all = new ExtVector(circuit.outputWidth());
    int at = 0;
    List<Integer> widths = outputWidths(circuit);
    for (int r = 0; r < widths.size(); r++) {
      int width = widths.get(r);
      all.slice(at, width).copyFrom(combination(outputs.get(r), width, eq));
      at += width;
    }
    return all;
  }

  private ExtVector combination(int[] values, int width, ExtVector eq) {
    ExtVector sum = new ExtVector(width);
    for (int c = 0; c < copies; c++) {
      Ext weight = eq.get(c);
      Kernels.best().addScaledBase(sum, weight, values, c * width, width);
    }
    return sum;
  }
}
