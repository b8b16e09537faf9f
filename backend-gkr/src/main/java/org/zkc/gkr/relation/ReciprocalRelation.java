package org.zkc.gkr.relation;

import java.util.List;
import org.zkc.gkr.circuit.Reciprocal;
import org.zkc.gkr.field.M31;

/**
 * Claim: y = floor((2^(k+1) + x) / (2 x)) for 1 <= x < 2^20 and 10 <= k <= 28.
 *
 * <p>Arithmetisation: x = 2^10 a + b, y = 2^10 c + e and c = 2^10 d + f in limbs of 10 bits. The
 * products a c, a e, b c and b e are one Hadamard. With w = a c, m = 2^(k-10) - 2^10 w - a e - b c
 * and rem = 2^11 m - 2 b e + x, all virtual, m + 2^11 and w are in [0, 2^12), rem and gap = 2 x - 1
 * - rem in [0, 2^21).
 *
 * <p>Uniqueness: the limbs are looked up in [0, 2^10), so that a, b and e are below 2^10, c below
 * 2^20, and every product is an integer below 2^30. Therefore w is the integer a c; being below
 * 2^12, w leaves m an integer within 2^30 + 2^23 of 0. The range of m + 2^11 is closer than p to
 * all of these, so m itself is in [-2^11, 2^11), rem is an integer within 2^24 of 0, and by the
 * range one of [0, 2^21); likewise gap. The definitions of m and rem give 2^(k+1) + x = 2 x y + rem
 * over the integers, and 0 <= rem < 2 x makes the quotient unique.
 *
 * <p>Existence: x y <= 2^k + x / 2 leaves w below 2^9, and m = (2 b e + rem - x) / 2^11 is in
 * [-2^9, 2^11).
 */
final class ReciprocalRelation {
  private static final int LIMB_BITS = 10;

  /** Bits of the range of m + 2^11 and of w. */
  private static final int CARRY_BITS = 12;

  /** Added to m, which may be negative. */
  private static final int OFFSET = 1 << 11;

  private ReciprocalRelation() {}

  static void expand(SystemBuilder builder, String name, Reciprocal r) {
    Stacks stacks = new Stacks(builder, builder.shape(r.result()));
    Stacks.Halves x = stacks.halves(name + " source", r.source(), LIMB_BITS);
    Stacks.Halves y = stacks.halves(name + " result", r.result(), LIMB_BITS);
    Stacks.Halves c = stacks.halves(name + " result high", y.high(), LIMB_BITS);
    stacks.lookUp(
        name + " limbs",
        List.of(x.low(), x.high(), y.low(), c.low(), c.high()),
        new LookupTable.Range(1 << LIMB_BITS));
    int products =
        stacks.product(
            name + " products",
            List.of(x.high(), x.high(), x.low(), x.low()),
            List.of(y.high(), y.low(), y.high(), y.low()));
    int carry =
        stacks.sum(
            name + " carry",
            1L << r.bits() - LIMB_BITS,
            stacks.part(products, 0, M31.neg(1 << LIMB_BITS)),
            stacks.part(products, 1, M31.neg(1)),
            stacks.part(products, 2, M31.neg(1)));
    int remainder =
        stacks.sum(
            name + " remainder",
            0,
            stacks.whole(carry, 1 << LIMB_BITS + 1),
            stacks.part(products, 3, M31.neg(2)),
            stacks.whole(r.source(), 1));
    int gap =
        stacks.sum(
            name + " gap", -1, stacks.whole(r.source(), 2), stacks.whole(remainder, M31.neg(1)));
    int shifted = stacks.sum(name + " carry from 0", OFFSET, stacks.whole(carry, 1));
    int overflow = stacks.sum(name + " overflow", 0, stacks.part(products, 0, 1));
    stacks.inRange(name + " carries", List.of(shifted, overflow), CARRY_BITS);
    stacks.inRange(name + " remainders", List.of(remainder, gap), Reciprocal.SOURCE_BITS + 1);
  }
}
