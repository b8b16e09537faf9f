package org.zkc.gkr.relation;

import java.util.ArrayList;
import java.util.List;
import org.zkc.gkr.circuit.EuclideanNorm;
import org.zkc.gkr.circuit.Interval;
import org.zkc.gkr.circuit.ViewStep;
import org.zkc.gkr.field.M31;

/**
 * Claim: y = floor(sqrt(V)), V = constant + sum of x_i^2 over the last axis, 1 <= V < 2^40, x_i the
 * source's element times 2^exponents[i].
 *
 * <p>Arithmetisation: the squares are a Hadamard. V = L + 2^20 H: where V can reach 2^29, the sum s
 * of each group's squares is split at bit 20 into a part h and a rest in limbs of 10 bits, H is the
 * sum of the h and L that of the rests, the constant split likewise; else L = V and H = 0. Channels
 * of an exponent e above 0 have groups of their own, whose sums s count 4^e times: split at bit 20
 * - 2e, into h in H and 4^e times the rest in L. With y = 2^10 a + b in limbs, the products a a, a
 * b and b b are one Hadamard. m = a b + 2^9 (a a - H), t = L - b b - 2^11 m and gap = 2 y - t are
 * virtual; m + 2^11 is in [0, 2^19), t and gap are in [0, 2^21).
 *
 * <p>Uniqueness: s is an integer below 2^30, and so is the one that its limbs name; being one
 * residue they are equal. So L and H are integers, L below 2^29 as there are at most 2^8 groups,
 * each of which adds less than 2^20, H below 2^20 as V is below 2^40. The limbs a and b are below
 * 2^10, hence m is an integer within 2^30 of 0, and the range of m + 2^11 fixes it. Then t is an
 * integer within 2^30 + 2^22 of 0, which its range fixes, and with it gap. The definitions of m and
 * t give t = V - y^2 over the integers, and 0 <= t <= 2 y says y^2 <= V < (y + 1)^2.
 *
 * <p>Existence: m = (L - b b - t) / 2^11 is an integer in [-2^11, 2^18].
 */
final class EuclideanNormRelation {
  private static final int LIMB_BITS = 10;
  private static final int SPLIT_BITS = 2 * LIMB_BITS;

  /** Bits of the range of m + 2^11. */
  private static final int CARRY_BITS = 19;

  /** Added to m, which may be negative. */
  private static final int OFFSET = 1 << 11;

  private EuclideanNormRelation() {}

  static void expand(SystemBuilder builder, String name, EuclideanNorm n) {
    List<Integer> shape = builder.shape(n.result());
    List<Integer> source = builder.shape(n.source());
    Interval range = builder.checked.interval(n.source());
    Stacks stacks = new Stacks(builder, shape);
    int plain = n.exponents().isEmpty() ? n.source() : Channels.plain(builder, name + " plain", n);
    int squares = squares(builder, name + " squares", plain);
    Stacks.Halves y = stacks.halves(name + " result", n.result(), LIMB_BITS);
    stacks.lookUp(
        name + " limbs", List.of(y.low(), y.high()), new LookupTable.Range(1 << LIMB_BITS));
    int products =
        stacks.product(
            name + " products",
            List.of(y.high(), y.high(), y.low()),
            List.of(y.high(), y.low(), y.low()));
    int carry;
    int low;
    if (n.isSplit(range, source.getLast())) {
      List<Definition.Term> high = new ArrayList<>();
      List<Definition.Term> rests = new ArrayList<>();
      addGroups(builder, name + " groups", squares, range, 0, high, rests);
      for (int e : n.raised()) {
        String of = name + " exponent " + e;
        int raised = squares(builder, of + " squares", Channels.of(builder, of, n, e));
        addGroups(builder, of + " groups", raised, range, e, high, rests);
      }
      List<Definition.Term> carries = new ArrayList<>();
      carries.add(stacks.part(products, 1, 1));
      carries.add(stacks.part(products, 0, 1 << LIMB_BITS - 1));
      carries.addAll(high);
      carry =
          stacks.sum(name + " carry", -((n.constant() >> SPLIT_BITS) << LIMB_BITS - 1), carries);
      low = stacks.sum(name + " low", n.constant() & (1L << SPLIT_BITS) - 1, rests);
    } else {
      carry =
          stacks.sum(
              name + " carry",
              0,
              stacks.part(products, 1, 1),
              stacks.part(products, 0, 1 << LIMB_BITS - 1));
      low = stacks.sum(name + " low", n.constant(), total(builder, squares, 1));
    }
    int rest =
        stacks.sum(
            name + " rest",
            0,
            stacks.part(products, 2, M31.neg(1)),
            stacks.whole(carry, M31.neg(1 << LIMB_BITS + 1)),
            stacks.whole(low, 1));
    int gap =
        stacks.sum(name + " gap", 0, stacks.whole(n.result(), 2), stacks.whole(rest, M31.neg(1)));
    int shifted = stacks.sum(name + " carry from 0", OFFSET, stacks.whole(carry, 1));
    stacks.inRange(name + " carry", List.of(shifted), CARRY_BITS);
    stacks.inRange(name + " remainders", List.of(rest, gap), EuclideanNorm.ROOT_BITS + 1);
  }

  private static int squares(SystemBuilder builder, String name, int of) {
    List<Integer> shape = builder.shape(of);
    int squares = builder.add(name, shape, Holder.VIRTUAL);
    builder.definitions.add(new Hadamard(name, squares, of, of, shape));
    return squares;
  }

  /**
   * Adds -2^9 times the groups' parts of H to the terms of the carry, and the groups' rests to
   * those of L.
   *
   * @param range of the elements that were squared
   */
  private static void addGroups(
      SystemBuilder builder,
      String name,
      int squares,
      Interval range,
      int exponent,
      List<Definition.Term> carries,
      List<Definition.Term> rests) {
    List<Integer> source = builder.shape(squares);
    int axis = source.size() - 1;
    int size = EuclideanNorm.group(range, source.getLast());
    int count = source.getLast() / size;
    List<Integer> shape = EuclideanNorm.withLast(source, count);
    int sums = builder.add(name, shape, Holder.VIRTUAL);
    ViewStep step = new ViewStep.Window(axis, count, size, 1, 0, size);
    builder.definitions.add(
        new Definition.AffineSum(
            name, sums, List.of(builder.term(squares, 1, List.of(step))), List.of()));
    List<Integer> limbs = EuclideanNorm.limbs(exponent);
    int first = builder.tensors.size() - 1; // limbs from number 1 on are the next tensors
    List<Definition.Term> terms = builder.withoutLimbs(name, sums, 0, limbs, 1, 1);
    int low = builder.add(name + " limb 0", shape, Holder.VIRTUAL);
    builder.definitions.add(new Definition.AffineSum(name + " limb 0", low, terms, List.of()));
    builder.lookUp(name + " limb 0", List.of(low), new LookupTable.Range(1 << limbs.getFirst()));
    int split = SPLIT_BITS - 2 * exponent;
    int offset = 0;
    for (int k = 0; k < limbs.size(); k++) {
      if (offset >= split) {
        int limb = first + k;
        int inHigh = M31.pow(2, LIMB_BITS - 1 + offset - split);
        carries.add(total(builder, limb, M31.neg(inHigh)));
        rests.add(total(builder, limb, M31.neg(M31.pow(2, offset + 2 * exponent))));
      }
      offset += limbs.get(k);
    }
    rests.add(total(builder, sums, 1 << 2 * exponent));
  }

  /** The sum of a tensor over its last axis. */
  private static Definition.Term total(SystemBuilder builder, int tensor, int coefficient) {
    List<Integer> shape = builder.shape(tensor);
    return builder.term(
        tensor,
        coefficient,
        List.of(new ViewStep.Window(shape.size() - 1, 1, 0, 1, 0, shape.getLast())));
  }
}
