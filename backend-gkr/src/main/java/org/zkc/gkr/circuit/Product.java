package org.zkc.gkr.circuit;

import java.util.List;
import java.util.function.IntFunction;

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
  public int[] evaluate(Circuit circuit, IntFunction<int[]> elements) {
    int[] a = elements.apply(left);
    int[] b = elements.apply(right);
    int[] out = new int[a.length];
    for (int k = 0; k < out.length; k++) {
      out[k] = a[k] * b[k];
    }
    return out;
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
