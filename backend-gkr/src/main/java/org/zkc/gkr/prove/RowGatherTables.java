package org.zkc.gkr.prove;

import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.prove.sumcheck.PairTables;
import org.zkc.gkr.prove.sumcheck.SumcheckTables;
import org.zkc.gkr.relation.MergedClaims;
import org.zkc.gkr.relation.RowGather;
import org.zkc.gkr.weight.TensorLayout;
import org.zkc.gkr.weight.Weight;

/** The weights of the indices added up by row, and the table's rows folded by the other weights. */
final class RowGatherTables implements ReductionTables {
  private final PairTables tables;

  RowGatherTables(
      RowGather g,
      MergedClaims claims,
      int[] indices,
      FactorFolds folds,
      TensorValues values,
      Workers workers) {
    Weight claim = claims.only();
    ExtVector weights = claim.leading(g.indexAxes());
    ExtVector selected = new ExtVector(g.rows());
    for (int k = 0; k < indices.length; k++) {
      selected.set(indices[k], selected.get(indices[k]).add(weights.get(k)));
    }
    ExtVector rows = folds.rowsBy(g.gather().table(), claim.trailing(g.indexAxes()));
    values.adversary().seeFactors(claims.value(), new Ext[0], selected, rows);
    tables =
        new PairTables(
            selected, rows, new TensorLayout(g.table().subList(0, 1)).variables(), workers);
  }

  @Override
  public SumcheckTables part(int part, Ext[] point) {
    return tables;
  }

  @Override
  public Ext[] ends() {
    return new Ext[] {tables.g()};
  }
}
