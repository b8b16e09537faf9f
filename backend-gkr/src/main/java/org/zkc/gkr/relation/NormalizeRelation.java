package org.zkc.gkr.relation;

import java.util.List;
import org.zkc.gkr.circuit.Normalize;
import org.zkc.gkr.circuit.ViewStep;

/**
 * Claim: z = x r, r repeated along the last axis, x the source's elements times 2^exponents[i].
 *
 * <p>Arithmetisation: x and r repeated are virtual; z is a Hadamard of them.
 *
 * <p>Uniqueness: z is a function of x and r. The circuit check bounds its elements: r is the
 * reciprocal of the Euclidean norm of x.
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
    int x =
        n.exponents().isEmpty()
            ? n.source()
            : Channels.all(builder, name + " elements", n.source(), n.exponents());
    builder.definitions.add(new Hadamard(name, n.result(), x, repeated, shape));
  }
}
