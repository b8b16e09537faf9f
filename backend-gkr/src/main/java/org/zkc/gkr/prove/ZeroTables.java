package org.zkc.gkr.prove;

import java.util.List;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.prove.sumcheck.SumcheckTables;
import org.zkc.gkr.prove.sumcheck.ZeroProductTables;
import org.zkc.gkr.relation.MergedClaims;
import org.zkc.gkr.relation.ZeroProduct;

/** The factors of a product that is zero. */
final class ZeroTables implements ReductionTables {
  private final ZeroProductTables tables;

  ZeroTables(ZeroProduct zero, MergedClaims claims, TensorValues values, Workers workers) {
    List<int[]> factors = zero.factors().stream().map(values::stored).toList();
    tables =
        new ZeroProductTables(factors, claims.only().leadingPoint(zero.shape().size()), workers);
  }

  @Override
  public SumcheckTables part(int part, Ext[] point) {
    return tables;
  }

  @Override
  public Ext[] ends() {
    return tables.values();
  }
}
