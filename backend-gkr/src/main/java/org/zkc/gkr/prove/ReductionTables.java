package org.zkc.gkr.prove;

import java.util.Optional;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.prove.sumcheck.SumcheckTables;
import org.zkc.gkr.relation.Reduction;

/** The prover's part of a {@link Reduction}: the tables of its sumcheck. */
interface ReductionTables {
  /**
   * The tables of a part of the sumcheck; asked for in order.
   *
   * @param part an index into the reduction's rounds
   * @param point the challenges of the parts before
   */
  SumcheckTables part(int part, Ext[] point);

  /** The values of the closing's ends, when all variables are bound. */
  Ext[] ends();

  /**
   * The combination of the model's rows, without padding, that the source of the first end was
   * folded through: the opening needs the same.
   */
  default Optional<ExtVector> rows() {
    return Optional.empty();
  }
}
