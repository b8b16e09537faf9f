package org.zkc.gkr.relation;

import java.util.ArrayList;
import java.util.List;
import org.zkc.gkr.circuit.Max;
import org.zkc.gkr.field.M31;

/**
 * Claim: m = max(x_1, ..., x_k) elementwise.
 *
 * <p>Arithmetisation: the differences d_i = m - x_i are virtual. Each is in a range table or, where
 * it has many bits, its limbs are. The product of the differences is 0 everywhere.
 *
 * <p>Uniqueness: some d_i is 0, so m is the residue of some x_i; then every other d_j is the
 * residue of x_i - x_j, which the window condition keeps closer than p to the whole range, so x_i
 * >= x_j over the integers.
 */
final class MaxRelation {
  private MaxRelation() {}

  static void expand(SystemBuilder builder, String name, Max max) {
    List<Integer> shape = builder.shape(max.result());
    ArrayList<Integer> differences = new ArrayList<>();
    for (int k = 0; k < max.sources().size(); k++) {
      String of = name + " difference " + k;
      int d = builder.add(of, shape, Holder.VIRTUAL);
      builder.definitions.add(
          new Definition.AffineSum(
              of,
              d,
              List.of(
                  builder.term(max.result(), 1, List.of()),
                  builder.term(max.sources().get(k), M31.neg(1), List.of())),
              List.of()));
      if (max.limbs().size() == 1) {
        builder.lookUp(of, List.of(d), new LookupTable.Range(1 << max.bits()));
      } else {
        builder.inRange(of, d, max.bits());
      }
      differences.add(d);
    }
    builder.zeroProducts.add(new ZeroProduct(name, differences, shape));
  }
}
