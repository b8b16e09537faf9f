package org.zkc.gkr.circuit;

import static org.zkc.gkr.circuit.CheckState.require;

import java.util.ArrayList;
import java.util.List;
import org.zkc.gkr.circuit.TensorDeclaration.Role;

/** The conditions on a {@link Gather}, and what its result ranges over. */
final class GatherCheck {
  /** Products of E that a verifier needs for one index, at most: one for each bit of a row. */
  private static final long PRODUCTS = 30;

  private GatherCheck() {}

  static Interval interval(Gather g, TensorDeclaration d, CheckState state) {
    Interval elements = state.source(g.table());
    Interval rows = state.source(g.indices());
    TensorDeclaration table = state.tensor(g.table());
    TensorDeclaration indices = state.tensor(g.indices());
    require(indices.role() == Role.INPUT, "the indices must be an INPUT tensor");
    require(table.rank() >= 1, "the table needs an axis of rows");
    require(
        rows.low() >= 0 && rows.high() < table.extent(0),
        "the indices range over " + rows + ", the table has " + table.extent(0) + " rows");
    List<Integer> shape = new ArrayList<>(indices.shape());
    shape.addAll(table.shape().subList(1, table.rank()));
    require(d.shape().equals(shape), "the result's shape differs");
    state.degree(g.result(), state.degree(g.table()));
    state.count(PRODUCTS * indices.elementCount());
    return elements;
  }
}
