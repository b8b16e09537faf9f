package org.zkc.gkr.prove;

import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.prove.sumcheck.SumcheckTables;
import org.zkc.gkr.prove.sumcheck.TripleTables;
import org.zkc.gkr.relation.Hadamard;
import org.zkc.gkr.relation.MergedClaims;
import org.zkc.gkr.weight.TensorLayout;

/** The claims' weights and both factors, element by element. */
final class HadamardTables implements ReductionTables {
  private final TripleTables tables;

  HadamardTables(Hadamard h, MergedClaims claims, TensorValues values, Workers workers) {
    TensorLayout layout = new TensorLayout(h.shape());
    ExtVector weights = new ExtVector(layout.storedLength());
    claims.addTo(weights, workers);
    int[] left = values.stored(h.left());
    int[] right = values.stored(h.right());
    tables = new TripleTables(weights, left, right, layout.variables(), workers);
  }

  @Override
  public SumcheckTables part(int part, Ext[] point) {
    return tables;
  }

  @Override
  public Ext[] ends() {
    return new Ext[] {tables.f(), tables.g()};
  }
}
