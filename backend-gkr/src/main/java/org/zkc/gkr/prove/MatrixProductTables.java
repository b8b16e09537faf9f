package org.zkc.gkr.prove;

import java.util.Optional;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.mle.Mle;
import org.zkc.gkr.relation.MatrixProduct;
import org.zkc.gkr.relation.MergedClaims;
import org.zkc.gkr.sumcheck.PairTables;
import org.zkc.gkr.sumcheck.SumcheckTables;
import org.zkc.gkr.weight.Weight;

/** Both factors folded by the claim's weights, over i. */
final class MatrixProductTables implements ReductionTables {
  private final FactorFolds.Fold weight;
  private final PairTables tables;

  MatrixProductTables(
      MatrixProduct m, MergedClaims claims, FactorFolds folds, TensorValues values) {
    Weight claim = claims.only();
    weight = folds.byPoint(m.matMul().weight(), claim.axisPoint(m.outputAxis()));
    ExtVector source =
        claim.foldOthers(m.outputAxis(), m.inner(), values.real(m.matMul().source()));
    tables = new PairTables(weight.values(), source, Mle.variables(m.inner()));
  }

  @Override
  public SumcheckTables part(int part, Ext[] point) {
    return tables;
  }

  @Override
  public Ext[] ends() {
    return new Ext[] {tables.f(), tables.g()};
  }

  @Override
  public Optional<ExtVector> rows() {
    return weight.rows();
  }
}
