package org.zkc.gkr.relation;

import java.util.List;
import org.zkc.gkr.circuit.Requantize;
import org.zkc.gkr.circuit.Table;
import org.zkc.gkr.field.M31;

/**
 * Claim: result = table((source + half) >> s), half = 2^(s-1), 0 when s = 0.
 *
 * <p>Arithmetisation: the remainder r = source + half - 2^s h is committed in limbs, each in its
 * range table; h = 2^-s (source + half - r) is virtual; (h, result) is a row of the function table.
 *
 * <p>Uniqueness: 2^s h + r = source + half modulo p, where h is a row of the table and r in [0,
 * 2^s). Take every 2^s h + r that h and r can name, and every source + half that can occur: the
 * window condition of {@link org.zkc.gkr.circuit.CircuitCheck} puts them closer than p to each
 * other. The equality therefore holds over the integers, and division with remainder is unique.
 */
final class RequantizeRelation {
  private RequantizeRelation() {}

  static void expand(SystemBuilder builder, String name, Requantize r) {
    Table table = builder.checked.circuit().tables().get(r.table());
    int h = r.source();
    if (r.shift() > 0) {
      long half = 1L << (r.shift() - 1);
      List<Integer> shape = builder.shape(r.source());
      int inverse = M31.inv(M31.pow(2, r.shift()));
      List<Definition.Term> terms =
          builder.withoutLimbs(name + " remainder", r.source(), half, r.limbs(), 0, inverse);
      h = builder.add(name + " quotient", shape, Holder.VIRTUAL);
      builder.definitions.add(
          new Definition.AffineSum(
              name + " quotient",
              h,
              terms,
              List.of(
                  Definition.Constant.everywhere(M31.mul(inverse, M31.fromSigned(half)), shape))));
    }
    builder.lookUp(name, List.of(h, r.result()), new LookupTable.Function(r.table(), table));
  }
}
