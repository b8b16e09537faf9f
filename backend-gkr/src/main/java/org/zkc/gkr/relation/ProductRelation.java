package org.zkc.gkr.relation;

import org.zkc.gkr.circuit.Product;

/**
 * Claim: z = a b elementwise.
 *
 * <p>Arithmetisation: all claims on z, merged by a random combination of their weights w, become
 * the sumcheck of w a b and one claim on each of a and b.
 *
 * <p>Uniqueness: z is a function of a and b, inside (-2^30, 2^30).
 */
final class ProductRelation {
  private ProductRelation() {}

  static void expand(SystemBuilder builder, String name, Product product) {
    builder.definitions.add(
        new Definition.Hadamard(name, product.result(), product.left(), product.right()));
  }
}
