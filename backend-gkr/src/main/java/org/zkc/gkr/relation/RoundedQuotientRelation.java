package org.zkc.gkr.relation;

import java.util.List;
import org.zkc.gkr.circuit.RoundedQuotient;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.weight.TensorLayout;

/**
 * Claim: out = floor((2^(b+1) n + d) / (2 d)), which lies in [low, high], for d > 0.
 *
 * <p>Arithmetisation: P = d out is a product; rem = 2^(b+1) n + d - 2 P and top = 2 d - 1 - rem are
 * virtual; out - low is in [0, high - low], rem and top are each the sum of range-checked limbs,
 * which is asserted by looking rem minus its higher limbs up as the lowest limb.
 *
 * <p>Uniqueness: n, d and out are bounded, each on its own, so 2^(b+1) n + d - 2 d out and the
 * range of rem are closer than p to each other. Hence rem is that integer, and likewise top; 0 <=
 * rem < 2 d makes the quotient unique, whatever its sign. For d <= 0 there is no such rem, hence no
 * proof.
 */
final class RoundedQuotientRelation {
  private RoundedQuotientRelation() {}

  static void expand(SystemBuilder builder, String name, RoundedQuotient q) {
    List<Integer> shape = builder.shape(q.result());
    builder.lookUp(
        name,
        List.of(fromZero(builder, name, q)),
        new LookupTable.Range((int) (q.high() - q.low() + 1)));
    int product = builder.add(name + " product", shape, Holder.VIRTUAL);
    builder.definitions.add(
        new Hadamard(name + " product", product, q.denominator(), q.result(), shape));
    List<Definition.Term> remainder =
        List.of(
            builder.term(q.numerator(), M31.pow(2, q.bits() + 1), List.of()),
            builder.term(q.denominator(), 1, List.of()),
            builder.term(product, M31.neg(2), List.of()));
    int rem = builder.add(name + " remainder", shape, Holder.VIRTUAL);
    builder.definitions.add(
        new Definition.AffineSum(name + " remainder", rem, remainder, List.of()));
    int top = builder.add(name + " gap", shape, Holder.VIRTUAL);
    builder.definitions.add(
        new Definition.AffineSum(
            name + " gap",
            top,
            List.of(
                builder.term(q.denominator(), 2, List.of()),
                builder.term(rem, M31.neg(1), List.of())),
            List.of(Definition.Constant.everywhere(M31.neg(1), shape))));
    int bits = RoundedQuotient.remainderBits(builder.checked.interval(q.denominator()));
    List<Integer> limbs = RoundedQuotient.limbs(bits, new TensorLayout(shape).elementCount());
    builder.inLimbs(name + " remainder", rem, limbs);
    builder.inLimbs(name + " gap", top, limbs);
  }

  /** The tensor out - low, out itself where low is 0. */
  private static int fromZero(SystemBuilder builder, String name, RoundedQuotient q) {
    if (q.low() == 0) {
      return q.result();
    }
    List<Integer> shape = builder.shape(q.result());
    int above = builder.add(name + " above its least", shape, Holder.VIRTUAL);
    builder.definitions.add(
        new Definition.AffineSum(
            name + " above its least",
            above,
            List.of(builder.term(q.result(), 1, List.of())),
            List.of(Definition.Constant.everywhere(M31.fromSigned(-q.low()), shape))));
    return above;
  }
}
