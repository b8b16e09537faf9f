package org.zkc.gkr.prove;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.Kernels;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.mle.EqTable;
import org.zkc.gkr.prove.sumcheck.PairTables;
import org.zkc.gkr.prove.sumcheck.SharedAxisTables;
import org.zkc.gkr.prove.sumcheck.SumcheckTables;
import org.zkc.gkr.relation.MatrixProduct;
import org.zkc.gkr.relation.MergedClaims;
import org.zkc.gkr.weight.TensorLayout;
import org.zkc.gkr.weight.Weight;

/** Both factors folded by the claim's weights, over the shared axes and i. */
final class MatrixProductTables implements ReductionTables {
  private final Workers workers;
  private final int innerVariables;
  private final boolean isShared;
  private final Ext[] sharedPoint;
  private final Optional<ExtVector> rows;
  private final ExtVector right;
  private final ExtVector left;
  private @Nullable SharedAxisTables shared;
  private @Nullable PairTables pairs;

  MatrixProductTables(
      MatrixProduct m,
      MergedClaims claims,
      FactorFolds folds,
      TensorValues values,
      Workers workers) {
    this.workers = workers;
    Weight claim = claims.only();
    TensorLayout layout = m.summed();
    innerVariables = layout.variables(m.sharedAxes());
    isShared = m.sharedAxes() > 0;
    sharedPoint = claim.leadingPoint(m.sharedAxes());
    Ext[] outputPoint = claim.axisPoint(m.outputAxis());
    if (isShared) {
      int count = layout.elementCount() / m.inner();
      int outputs = m.right().get(m.sharedAxes());
      ExtVector ofRows = claim.axisValues(m.sharedAxes()).copy();
      Kernels.best().scale(ofRows, claim.scale());
      rows = Optional.empty();
      right =
          layout.pad(
              folds.fold(values.real(m.matMul().right()), count, EqTable.of(outputPoint, outputs)));
      left = layout.pad(folds.fold(values.real(m.matMul().left()), count, ofRows));
    } else {
      FactorFolds.Fold fold = folds.byPoint(m.matMul().right(), outputPoint);
      rows = fold.rows();
      right = fold.values();
      left = claim.foldOthers(m.outputAxis(), m.inner(), values.real(m.matMul().left()), workers);
    }
    values.adversary().seeFactors(claims.value(), sharedPoint, right, left);
  }

  @Override
  public SumcheckTables part(int part, Ext[] point) {
    if (isShared && part == 0) {
      shared = new SharedAxisTables(right, left, sharedPoint, innerVariables, workers);
      return shared;
    }
    pairs =
        shared == null
            ? new PairTables(right, left, innerVariables, workers)
            : new PairTables(shared.f(), shared.g(), innerVariables, workers);
    return pairs;
  }

  @Override
  public Ext[] ends() {
    PairTables bound = Objects.requireNonNull(pairs, "the last part comes before the ends");
    return new Ext[] {bound.f(), bound.g()};
  }

  @Override
  public Optional<ExtVector> rows() {
    return rows;
  }
}
