package org.zkc.gkr.circuit;

import java.util.List;
import java.util.function.IntFunction;

/**
 * result[i..., j...] = table[indices[i...], j...]: rows of the table, which may be of any role, by
 * the elements of an INPUT tensor. The result has the axes of the indices, then those of the table
 * but its first. docs/protocol.md section 5.5.
 */
public record Gather(int result, int table, int indices) implements Relation {
  @Override
  public List<Integer> sources() {
    return List.of(table, indices);
  }

  @Override
  public TensorDeclaration.Role role() {
    return TensorDeclaration.Role.VIRTUAL;
  }

  @Override
  public int[] evaluate(Circuit circuit, IntFunction<int[]> elements) {
    int[] rows = elements.apply(table);
    int[] chosen = elements.apply(indices);
    int size = rows.length / circuit.tensors().get(table).extent(0);
    int[] out = new int[chosen.length * size];
    for (int k = 0; k < out.length; k++) {
      out[k] = rows[chosen[k / size] * size + k % size];
    }
    return out;
  }

  @Override
  public String mnemonic() {
    return "gather";
  }

  @Override
  public String label() {
    return "Gather";
  }
}
