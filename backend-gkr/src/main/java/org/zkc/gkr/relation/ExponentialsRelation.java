package org.zkc.gkr.relation;

import java.util.ArrayList;
import java.util.List;
import org.zkc.gkr.circuit.Exponentials;
import org.zkc.gkr.circuit.Table;
import org.zkc.gkr.circuit.ViewStep;
import org.zkc.gkr.field.M31;

/**
 * Claim: result = table((m - x) >> s), m the greatest element of x along one axis.
 *
 * <p>Arithmetisation: the axis is cut into a few parts of one length, the last of which may overlap
 * the one before. A committed tensor y of that length has at each place the element that one of the
 * parts has there: the product of the differences y - part is 0. The same step is applied to y in
 * place of x, until one element is left, m. The distance d = m - x is virtual; its remainder r = d
 * - 2^s h is committed in limbs, each in its range table; h = 2^-s (d - r) is virtual; (h, result)
 * is a row of the function table, which starts at 0.
 *
 * <p>Uniqueness: a product is 0 in the field where a factor is, so m is the residue of an element
 * of x in its line; let m be that integer. Then d is an integer in [-D, D], D the length of x's
 * interval, and 2^s h + r, with h a row of the table and r in [0, 2^s), is one in [0, 2^s H), H the
 * number of rows. The window condition of {@link org.zkc.gkr.circuit.CircuitCheck} keeps these
 * closer than p to each other, so the residues' equality is one of integers: every d is at least 0,
 * hence m the greatest element; and division with remainder is unique.
 *
 * <p>Only the last y is determined. An earlier y may have an element that is not the greatest at
 * its place, as long as m is reached. Nothing else reads the earlier y, so nothing depends on this
 * choice.
 *
 * <p>Existence: the table reaches D.
 */
final class ExponentialsRelation {
  private ExponentialsRelation() {}

  static void expand(SystemBuilder builder, String name, Exponentials e) {
    List<Integer> shape = builder.shape(e.source());
    int parts = Exponentials.parts(builder.checked.degree(e.source()));
    int greatest = e.source();
    for (int level = 0; builder.shape(greatest).get(e.axis()) > 1; level++) {
      greatest = among(builder, name + " greatest " + level, greatest, e.axis(), parts);
      parts = Exponentials.parts(1);
    }
    ViewStep repeat = new ViewStep.Window(e.axis(), shape.get(e.axis()), 0, 1, 0, 1);
    int distance = builder.add(name + " distance", shape, Holder.VIRTUAL);
    builder.definitions.add(
        new Definition.AffineSum(
            name + " distance",
            distance,
            List.of(
                builder.term(greatest, 1, List.of(repeat)),
                builder.term(e.source(), M31.neg(1), List.of())),
            List.of()));
    int h = distance;
    if (e.shift() > 0) {
      int inverse = M31.inv(M31.pow(2, e.shift()));
      List<Definition.Term> terms =
          builder.withoutLimbs(name + " remainder", distance, 0, e.limbs(), 0, inverse);
      h = builder.add(name + " quotient", shape, Holder.VIRTUAL);
      builder.definitions.add(new Definition.AffineSum(name + " quotient", h, terms, List.of()));
    }
    Table table = builder.checked.circuit().tables().get(e.table());
    builder.lookUp(name, List.of(h, e.result()), new LookupTable.Function(e.table(), table));
  }

  /**
   * A committed tensor, each of whose elements is the element of some part of an axis at its place.
   */
  private static int among(SystemBuilder builder, String name, int of, int axis, int parts) {
    int extent = builder.shape(of).get(axis);
    int length = Exponentials.length(extent, parts);
    List<Integer> starts = Exponentials.starts(extent, parts);
    List<Integer> shape = new ArrayList<>(builder.shape(of));
    shape.set(axis, length);
    int chosen = builder.add(name, shape, Holder.COMMITTED);
    builder.advice.add(new Advice.Greatest(chosen, of, axis, starts));
    List<Integer> differences = new ArrayList<>();
    for (int k = 0; k < starts.size(); k++) {
      String difference = name + " difference " + k;
      ViewStep part = new ViewStep.Window(axis, length, 1, 1, starts.get(k), 1);
      int d = builder.add(difference, shape, Holder.VIRTUAL);
      builder.definitions.add(
          new Definition.AffineSum(
              difference,
              d,
              List.of(
                  builder.term(chosen, 1, List.of()), builder.term(of, M31.neg(1), List.of(part))),
              List.of()));
      differences.add(d);
    }
    builder.zeroProducts.add(new ZeroProduct(name, differences, shape));
    return chosen;
  }
}
