package org.zkc.gkr.relation;

import org.zkc.gkr.circuit.Conv;

/**
 * Claim: Y(n, o, y, x) = sum K(o; c, dy, dx) X(n, c, s y + dy d - pad, s x + dx d - pad) over the
 * channels of o's group.
 *
 * <p>Arithmetisation: a claim with weights w_n, eq(r_o, .), w_y, w_x becomes one sumcheck over (c,
 * dy, dx) of the kernel folded by eq(r_o, .) times E(c, dy, dx) = sum w_n w_y w_x X
 * (docs/protocol.md section 5.5); with groups over (g, c, dy, dx), the kernel of a group folded
 * over the outputs of that group.
 *
 * <p>Uniqueness: Y is a function of K and X, inside (-2^30, 2^30).
 */
final class ConvRelation {
  private ConvRelation() {}

  static void expand(SystemBuilder builder, String name, Conv conv) {
    builder.definitions.add(new Definition.Convolution(name, conv));
  }
}
