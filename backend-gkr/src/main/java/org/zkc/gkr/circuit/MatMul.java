package org.zkc.gkr.circuit;

import java.util.List;

/**
 * result[b..., t, o] = sum_i left[b..., t, i] right[b..., o, i]. Either factor may be of any role.
 *
 * <p>With right [O, I] there are no shared axes b, and left [..., I] may have any leading axes, all
 * of which the result has; with right [B..., O, I] left is [B..., T, I] with the same B.
 * docs/protocol.md section 5.5 (Thaler 2013).
 */
public record MatMul(int result, int left, int right) implements Relation {
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
    return "matmul";
  }

  @Override
  public String label() {
    return "MatMul";
  }

  /** The number of shared axes, given the rank of the right factor. */
  public static int sharedAxes(int rightRank) {
    return rightRank - 2;
  }
}
