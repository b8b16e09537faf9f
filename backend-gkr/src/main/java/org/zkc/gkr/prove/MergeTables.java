package org.zkc.gkr.prove;

import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.prove.sumcheck.JoiningTables;
import org.zkc.gkr.prove.sumcheck.SumcheckTables;
import org.zkc.gkr.relation.Merge;
import org.zkc.gkr.relation.MergedClaims;
import org.zkc.gkr.weight.TensorLayout;

/** The claims' weights and the tensor, which stays over F for the first round. */
final class MergeTables implements ReductionTables {
  private final JoiningTables tables;

  MergeTables(Merge merge, MergedClaims claims, TensorValues values) {
    TensorLayout layout = new TensorLayout(merge.shape());
    ExtVector weights = new ExtVector(layout.storedLength());
    claims.addTo(weights);
    int[] stored = values.stored(merge.tensor());
    tables = new JoiningTables(layout.variables(), Workers.callerOnly());
    tables.add(layout.variables(), 0, () -> weights, () -> stored, claims.value());
  }

  @Override
  public SumcheckTables part(int part, Ext[] point) {
    return tables;
  }

  @Override
  public Ext[] ends() {
    return new Ext[] {tables.value(0)};
  }
}
