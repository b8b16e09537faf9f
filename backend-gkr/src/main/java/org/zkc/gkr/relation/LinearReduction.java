package org.zkc.gkr.relation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.weight.Weight;
import org.zkc.gkr.weight.WeightPool;

/**
 * A claim on the result of a {@link Definition.LinearSum}, carried to its sources: sum over {@link
 * #unknown} of coefficient times value = {@link #remaining}. Whatever is known already, public or
 * claimed, and the constants are in {@code remaining}.
 *
 * <p>The prover sends the value of every unknown but {@link #solved}, which follows. With no
 * unknown left, remaining must be 0.
 *
 * @param solved an index into unknown, -1 when there is none
 */
public record LinearReduction(List<Unknown> unknown, int solved, Ext remaining) {

  /** coefficient times &lt;weight, source&gt;; the coefficient is a residue that is not 0. */
  public record Unknown(int source, Weight weight, int coefficient) {}

  private record Key(int source, Weight weight) {}

  /** Reduces &lt;weight, result&gt; = value. */
  public static LinearReduction of(
      ConstraintSystem system,
      Definition.LinearSum sum,
      Weight weight,
      Ext value,
      WeightPool pool,
      Claims claims,
      PublicValues publicValues) {
    Ext remaining = value;
    for (Definition.Constant c : sum.constants()) {
      remaining = remaining.sub(weight.sum(c.starts(), c.limits()).mulBase(c.value()));
    }
    LinkedHashMap<Key, Integer> coefficients = new LinkedHashMap<>();
    for (Definition.Term term : sum.terms()) {
      Weight carried = pool.through(weight, system.tensor(term.source()).shape(), term.steps());
      coefficients.merge(new Key(term.source(), carried), term.coefficient(), M31::add);
    }
    ArrayList<Unknown> unknown = new ArrayList<>();
    int solved = -1;
    for (Map.Entry<Key, Integer> e : coefficients.entrySet()) {
      int source = e.getKey().source();
      Weight carried = e.getKey().weight();
      if (e.getValue() == 0) {
        continue;
      }
      boolean isPublic = system.tensor(source).holder() == Holder.PUBLIC;
      Ext known = isPublic ? publicValues.value(source, carried) : claims.known(source, carried);
      if (known != null) {
        remaining = remaining.sub(known.mulBase(e.getValue()));
        continue;
      }
      // What nobody holds is the best one to solve for: then nobody has to evaluate it either.
      boolean isVirtual = system.tensor(source).holder() == Holder.VIRTUAL;
      if (solved < 0
          || isVirtual
          || system.tensor(unknown.get(solved).source()).holder() != Holder.VIRTUAL) {
        solved = unknown.size();
      }
      unknown.add(new Unknown(source, carried, e.getValue()));
    }
    return new LinearReduction(List.copyOf(unknown), solved, remaining);
  }

  /** The value of the solved unknown, once the terms of all others are subtracted. */
  public Ext solve(Ext remainder) {
    return remainder.mulBase(M31.inv(unknown.get(solved).coefficient()));
  }
}
