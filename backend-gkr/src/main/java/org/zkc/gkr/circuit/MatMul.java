package org.zkc.gkr.circuit;

import java.util.List;
import java.util.function.IntFunction;

/**
 * result[b..., t, o] = sum_i left[b..., t, i] right[b..., o, i]. Either factor may be of any role.
 *
 * <p>With right [O, I] there are no shared axes b; left [..., I] may have any leading axes, and the
 * result has them all. With right [B..., O, I], left is [B..., T, I] with the same B.
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
  public int[] evaluate(Circuit circuit, IntFunction<int[]> elements) {
    List<Integer> shape = circuit.tensors().get(right).shape();
    int[] lefts = elements.apply(left);
    int[] rights = elements.apply(right);
    int inner = shape.getLast();
    int outputs = shape.get(shape.size() - 2);
    int rows = lefts.length / inner;
    // As many rows of the left factor meet each matrix of the right one.
    int matrices = rights.length / (outputs * inner);
    int[] out = new int[rows * outputs];
    for (int t = 0; t < rows; t++) {
      int matrix = t / (rows / matrices);
      for (int o = 0; o < outputs; o++) {
        long sum = 0;
        for (int i = 0; i < inner; i++) {
          long l = lefts[t * inner + i];
          sum += l * rights[(matrix * outputs + o) * inner + i];
        }
        out[t * outputs + o] = Math.toIntExact(sum);
      }
    }
    return out;
  }

  @Override
  public Interval interval(TensorDeclaration d, CheckState state) {
    return ContractionCheck.interval(this, d, state);
  }

  @Override
  public void addTo(BatchedCircuit batch) {
    batch.matMul(this);
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
