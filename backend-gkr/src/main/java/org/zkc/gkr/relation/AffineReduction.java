package org.zkc.gkr.relation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.weight.Weight;
import org.zkc.gkr.weight.WeightPool;

/**
 * A claim on the result of a {@link Definition.AffineSum}, carried to its sources: sum over {@link
 * #unknown} of coefficient times value = {@link #remaining}. The constants, and the values that are
 * public or already claimed, are in {@code remaining}.
 *
 * <p>The prover sends the value of every unknown but {@link #solved}, whose value follows from the
 * equation. With no unknown left, {@code remaining} must be 0.
 *
 * @param solved an index into unknown, -1 when there is none
 */
public record AffineReduction(List<Unknown> unknown, int solved, Ext remaining) {

  /** coefficient times &lt;weight, source&gt;; the coefficient is a residue that is not 0. */
  public record Unknown(int source, Weight weight, int coefficient) {}

  /** Reduces &lt;weight, result&gt; = value. */
  public static AffineReduction of(
      ConstraintSystem system,
      Definition.AffineSum sum,
      Weight weight,
      Ext value,
      WeightPool pool,
      Claims claims,
      PublicValues publicValues) {
    Ext remaining = value;
    for (Definition.Constant c : sum.constants()) {
      remaining = remaining.sub(weight.sum(c.starts(), c.limits()).mulBase(c.value()));
    }
    // By source and weight: terms of one view add up.
    LinkedHashMap<Long, Unknown> sums = new LinkedHashMap<>();
    for (Definition.Term term : sum.terms()) {
      Weight carried = pool.through(weight, term.view());
      long key = (long) term.source() << Integer.SIZE | carried.number();
      sums.merge(
          key, new Unknown(term.source(), carried, term.coefficient()), AffineReduction::plus);
    }
    ArrayList<Unknown> unknown = new ArrayList<>();
    int solved = -1;
    for (Unknown u : sums.values()) {
      if (u.coefficient() == 0) {
        continue;
      }
      int source = u.source();
      boolean isPublic = system.tensor(source).holder() == Holder.PUBLIC;
      Ext known =
          isPublic ? publicValues.value(source, u.weight()) : claims.known(source, u.weight());
      if (known != null) {
        remaining = remaining.sub(known.mulBase(u.coefficient()));
        continue;
      }
      // A virtual unknown is the best one to solve for: no party holds it, so no party has to
      // evaluate it.
      boolean isVirtual = system.tensor(source).holder() == Holder.VIRTUAL;
      if (solved < 0
          || isVirtual
          || system.tensor(unknown.get(solved).source()).holder() != Holder.VIRTUAL) {
        solved = unknown.size();
      }
      unknown.add(u);
    }
    return new AffineReduction(List.copyOf(unknown), solved, remaining);
  }

  private static Unknown plus(Unknown a, Unknown b) {
    return new Unknown(a.source(), a.weight(), M31.add(a.coefficient(), b.coefficient()));
  }

  /** The value of the solved unknown, once the terms of all others are subtracted. */
  public Ext solve(Ext remainder) {
    return remainder.mulBase(M31.inv(unknown.get(solved).coefficient()));
  }
}
