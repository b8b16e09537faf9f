package org.zkc.gkr.relation;

import java.util.List;
import org.zkc.gkr.circuit.Normalize;
import org.zkc.gkr.circuit.ViewStep;

/**
 * Claim: z = x r, r repeated along the last axis.
 *
 * <p>Arithmetisation: r repeated is virtual; z is a Hadamard of x and that.
 *
 * <p>Uniqueness: z is a function of x and r. The bound of its elements is that of the check: x is
 * at most the Euclidean norm of which r is the reciprocal.
 */
final class NormalizeRelation {
  private NormalizeRelation() {}

  static void expand(SystemBuilder builder, String name, Normalize n) {
    List<Integer> shape = builder.shape(n.result());
    int axis = shape.size() - 1;
    int repeated = builder.add(name + " factor", shape, Holder.VIRTUAL);
    ViewStep step = new ViewStep.Window(axis, shape.getLast(), 0, 1, 0, 1);
    builder.definitions.add(
        new Definition.AffineSum(
            name + " factor",
            repeated,
            List.of(builder.term(n.reciprocal(), 1, List.of(step))),
            List.of()));
    builder.definitions.add(new Hadamard(name, n.result(), n.source(), repeated, shape));
  }
}
