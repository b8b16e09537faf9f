package org.zkc.gkr.prove;

import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.prove.sumcheck.PairTables;
import org.zkc.gkr.prove.sumcheck.SumcheckTables;
import org.zkc.gkr.relation.Merge;
import org.zkc.gkr.relation.MergedClaims;
import org.zkc.gkr.weight.TensorLayout;

/** The claims' weights and the tensor, which stays over F for the first round. */
final class MergeTables implements ReductionTables {
  private final PairTables tables;

  MergeTables(Merge merge, MergedClaims claims, TensorValues values, Workers workers) {
    TensorLayout layout = new TensorLayout(merge.shape());
    ExtVector weights = new ExtVector(layout.storedLength());
    claims.addTo(weights, workers);
    int[] stored = values.stored(merge.tensor());
    tables = new PairTables(stored, weights, layout.variables(), workers);
  }

  @Override
  public SumcheckTables part(int part, Ext[] point) {
    return tables;
  }

  @Override
  public Ext[] ends() {
    return new Ext[] {tables.f()};
  }
}
