package org.zkc.gkr.prove.sumcheck;

import org.zkc.gkr.field.Ext;

/**
 * The tables of one layer of a fraction tree: sum over k of eq(z, k) [lambda (p0 q1 + p1 q0) + q0
 * q1](k), eq split off.
 */
public interface LayerTables extends SumcheckTables {
  /** lambda p0, q0, lambda p1, q1 at the point, once all variables are bound. */
  Ext[] values();
}
