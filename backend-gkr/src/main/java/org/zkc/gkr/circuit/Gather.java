package org.zkc.gkr.circuit;

import java.util.List;

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
  public String mnemonic() {
    return "gather";
  }

  @Override
  public String label() {
    return "Gather";
  }
}
