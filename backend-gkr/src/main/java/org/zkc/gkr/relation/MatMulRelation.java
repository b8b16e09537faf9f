package org.zkc.gkr.relation;

import org.zkc.gkr.circuit.MatMul;

/**
 * Claim: Y(t, o) = sum_i X(t, i) W(o, i).
 *
 * <p>Arithmetisation: a claim with weights w_t, eq(r_o, .) becomes one sumcheck over i of W folded
 * by eq(r_o, .) times X folded by w_t (Thaler 2013, section 4).
 *
 * <p>Uniqueness: Y is a function of X and W, inside (-2^30, 2^30).
 */
final class MatMulRelation {
  private MatMulRelation() {}

  static void expand(SystemBuilder builder, String name, MatMul matMul) {
    builder.definitions.add(new Definition.MatrixProduct(name, matMul));
  }
}
