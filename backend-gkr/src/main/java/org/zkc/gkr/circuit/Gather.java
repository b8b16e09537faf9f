package org.zkc.gkr.circuit;

import static org.zkc.gkr.circuit.CheckState.require;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * result[i..., j...] = table[indices[i...], j...]: rows of the table, which may be of any role, by
 * the elements of an INPUT tensor. The result has the axes of the indices, then those of the table
 * but its first. docs/protocol.md section 5.5.
 */
public record Gather(int result, int table, int indices) implements Relation {
  /** Products of E that a verifier needs for one index, at most: one for each bit of a row. */
  private static final long PRODUCTS = 30;

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
  public Interval interval(TensorDeclaration d, CheckState state) {
    Interval elements = state.source(table);
    Interval rows = state.source(indices);
    TensorDeclaration from = state.tensor(table);
    TensorDeclaration at = state.tensor(indices);
    require(at.role() == TensorDeclaration.Role.INPUT, "the indices must be an INPUT tensor");
    require(from.rank() >= 1, "the table needs an axis of rows");
    require(
        rows.low() >= 0 && rows.high() < from.extent(0),
        "the indices range over " + rows + ", the table has " + from.extent(0) + " rows");
    List<Integer> shape = new ArrayList<>(at.shape());
    shape.addAll(from.shape().subList(1, from.rank()));
    require(d.shape().equals(shape), "the result's shape differs");
    state.degree(result, state.degree(table));
    state.count(PRODUCTS * at.elementCount());
    return elements;
  }

  @Override
  public void addTo(BatchedCircuit batch) {
    if (batch.isPerSample(table)) {
      throw new InvalidCircuit("rows of what depends on the inputs have no batched form");
    }
    batch.add(this);
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
