package org.zkc.gkr.relation;

import java.util.List;
import org.zkc.gkr.circuit.Conv;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.weight.TensorLayout;
import org.zkc.gkr.weight.Weight;

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
public record Convolution(String name, ConvGeometry geometry) implements Bilinear {
  static Convolution of(SystemBuilder builder, String name, Conv conv) {
    return new Convolution(name, ConvGeometry.of(builder, conv));
  }

  @Override
  public int result() {
    return geometry.conv().result();
  }

  @Override
  public List<Integer> sources() {
    return List.of(geometry.conv().weight(), geometry.conv().source());
  }

  @Override
  public boolean takes(Weight weight) {
    return weight.isByAxis() && weight.hasPoint(1);
  }

  @Override
  public long multiplications(long elements) {
    return elements * geometry.taps();
  }

  @Override
  public List<Rounds> rounds() {
    int variables = new TensorLayout(geometry.sumcheckShape()).variables();
    return List.of(Rounds.plain(name, variables, 2));
  }

  @Override
  public Closing close(MergedClaims claims, Ext[] point) {
    ConvGeometry.Closing next = geometry.closing(claims.only(), point);
    return new Closing(
        Ext.ONE,
        List.of(next.kernel(), next.source()),
        List.of(new End(geometry.conv().weight(), 0), new End(geometry.conv().source(), 1)));
  }
}
