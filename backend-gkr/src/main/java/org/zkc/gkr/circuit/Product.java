package org.zkc.gkr.circuit;

import static org.zkc.gkr.circuit.CheckState.require;

import java.util.List;
import java.util.function.IntFunction;

/**
 * result = left * right elementwise, all of one shape. Either factor may be a MODEL tensor.
 * docs/protocol.md section 5.5.
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
  public Interval interval(TensorDeclaration d, CheckState state) {
    Interval a = state.source(left);
    Interval b = state.source(right);
    require(state.tensor(left).shape().equals(d.shape()), "the left shape differs");
    require(state.tensor(right).shape().equals(d.shape()), "the right shape differs");
    state.degree(result, state.degree(left) + state.degree(right));
    return a.times(b);
  }

  @Override
  public void addTo(BatchedCircuit batch) {
    batch.add(new Product(result, batch.ofSamples(left), batch.ofSamples(right)));
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
