package org.zkc.gkr.prove;

import java.util.Optional;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.prove.sumcheck.PairTables;
import org.zkc.gkr.prove.sumcheck.SumcheckTables;
import org.zkc.gkr.relation.ConvGeometry;
import org.zkc.gkr.relation.MergedClaims;
import org.zkc.gkr.weight.TensorLayout;
import org.zkc.gkr.weight.Weight;

/** The folded kernel and the windows of the source, over (c, dy, dx) or (g, c, dy, dx). */
final class ConvolutionTables implements ReductionTables {
  private final FactorFolds.Fold kernel;
  private final PairTables tables;

  ConvolutionTables(
      ConvGeometry g,
      MergedClaims claims,
      FactorFolds folds,
      TensorValues values,
      Workers workers) {
    Weight claim = claims.only();
    TensorLayout layout = new TensorLayout(g.sumcheckShape());
    kernel = folds.ofKernel(g, claim);
    ExtVector windows = ConvWindows.of(g, claim, values.real(g.conv().source()), workers);
    tables =
        new PairTables(
            layout.pad(kernel.values()), layout.pad(windows), layout.variables(), workers);
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
    return kernel.rows();
  }
}
