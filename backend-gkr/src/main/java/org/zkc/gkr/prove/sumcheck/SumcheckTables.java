package org.zkc.gkr.prove.sumcheck;

import org.zkc.gkr.field.Ext;

/**
 * The prover's state in a sumcheck: the tables of the polynomials, bound to the challenges so far.
 */
public interface SumcheckTables {
  /** Rounds in all. */
  int rounds();

  /** The values at 0, 2, ..., d of the round polynomial; the one at 1 is not sent. */
  Ext[] message();

  /** Binds the highest variable left. */
  void bind(Ext challenge);
}
