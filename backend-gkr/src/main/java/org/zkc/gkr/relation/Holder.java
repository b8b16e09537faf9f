package org.zkc.gkr.relation;

/**
 * The party that can evaluate a tensor of a {@link ConstraintSystem}, and so the place where the
 * claims about it end.
 */
public enum Holder {
  /** In the statement: prover and verifier evaluate a claim directly. */
  PUBLIC,
  /** In the witness commitment: claims end in the batch opening. */
  COMMITTED,
  /** In the model commitment: claims end in the model opening. */
  MODEL,
  /** No party: its definition turns claims about it into claims about its sources. */
  VIRTUAL
}
