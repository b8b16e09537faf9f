package org.zkc.gkr.circuit;

import java.util.List;

/**
 * result = left * right elementwise; one shape. Either may be a MODEL tensor. docs/protocol.md
 * section 5.5.
 */
public record Product(int result, int left, int right) implements Relation {
  @Override
  public List<Integer> sources() {
    return List.of(left, right);
  }

  @Override
  public TensorDeclaration.Role role() {
    return TensorDeclaration.Role.VIRTUAL;
  }

  @Override
  public String mnemonic() {
    return "product";
  }

  @Override
  public String label() {
    return "Product";
  }
}
