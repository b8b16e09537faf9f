package org.zkc.gkr.relation;

import java.util.ArrayList;
import org.zkc.gkr.circuit.Affine;
import org.zkc.gkr.field.M31;

/**
 * Claim: result = sum_k c_k view_k(source_k) + constants on the real index set.
 *
 * <p>Arithmetisation: the relation is its own equation. A claim &lt;w, result&gt; = v is sum_k c_k
 * &lt;view_k^T w, source_k&gt; + sum of the constants' weights = v: the prover sends all values but
 * one, which the equation gives.
 *
 * <p>Uniqueness: the elements are an integer combination inside (-2^30, 2^30), so the residue is
 * the integer.
 */
final class AffineRelation {
  private AffineRelation() {}

  static void expand(SystemBuilder builder, String name, Affine affine) {
    ArrayList<Definition.Term> terms = new ArrayList<>();
    for (Affine.Term t : affine.terms()) {
      terms.add(builder.term(t.source(), M31.fromSigned(t.coefficient()), t.steps()));
    }
    ArrayList<Definition.Constant> constants = new ArrayList<>();
    for (Affine.Box b : affine.constants()) {
      constants.add(new Definition.Constant(M31.fromSigned(b.value()), b.starts(), b.limits()));
    }
    builder.definitions.add(new Definition.AffineSum(name, affine.result(), terms, constants));
  }
}
