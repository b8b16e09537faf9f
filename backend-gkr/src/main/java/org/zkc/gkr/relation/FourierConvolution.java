package org.zkc.gkr.relation;

import java.util.Arrays;
import java.util.List;
import org.zkc.gkr.circuit.Conv;
import org.zkc.gkr.circuit.FftConv;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.weight.Weight;

/**
 * Claim: Y = conv(X, K) as {@link Convolution} has it, through transforms of N_y x N_x points
 * (docs/protocol.md section 6). The equations are written for one axis; the other has the same.
 *
 * <p>With X^(c, f) = sum_t X(c, t) omega^(f t) and K^(o, c, f) = sum_d K(o, c, d) omega^(-f d dil),
 *
 * <pre>
 * Y(o, y) = 1/N sum_f omega^(-f (s y - low)) sum_c K^(o, c, f) X^(c, f),
 * </pre>
 *
 * because the sum of omega^(f (t - d dil - s y + low)) over all f is N where t = s y + d dil - low
 * modulo N, else 0, and the circuit check ensures that for real indices this congruence holds only
 * when the equality holds over the integers ({@link FftConv#leastPoints}).
 *
 * <p>Arithmetisation: transforms are public linear maps, so nothing transformed is committed. A
 * claim with weights w_n, eq(r_o, .), w_y is the sum over c and f of
 *
 * <pre>
 * g(f) K'(c, f) X'(c, f),  g(f) = 1/N sum_y w_y(y) omega^(-f (s y - low)),
 * </pre>
 *
 * K' and X' the transforms of the kernel folded by eq(r_o, .) and of the source folded by w_n. One
 * sumcheck over (c, f), with groups over (g, c, f): of degree 2 in the variables of the channels,
 * which g does not have, of degree 3 in those of f, least significant bit first. At (rho_c, rho_f)
 * the verifier evaluates g itself; K' and X' there are claims on kernel and source with eq(rho_c,
 * .) on the channels and h(-d dil) and h(t) on the axis, where
 *
 * <pre>
 * h(t) = sum_f eq(rho_f, f) omega^(f t) = product over bits j of (1 - rho_j + rho_j omega^(2^j t)).
 * </pre>
 *
 * <p>Uniqueness: Y is a function of K and X, inside (-2^30, 2^30).
 */
public record FourierConvolution(String name, FftConvGeometry geometry) implements Bilinear {
  static FourierConvolution of(SystemBuilder builder, String name, FftConv fft) {
    return new FourierConvolution(
        name, new FftConvGeometry(ConvGeometry.of(builder, fft.conv()), fft.sizes()));
  }

  private Conv conv() {
    return geometry.direct().conv();
  }

  @Override
  public int result() {
    return conv().result();
  }

  @Override
  public List<Integer> sources() {
    return List.of(conv().weight(), conv().source());
  }

  @Override
  public boolean takes(Weight weight) {
    return weight.isByAxis() && weight.hasPoint(1);
  }

  @Override
  public long multiplications(long elements) {
    return elements * geometry.direct().taps();
  }

  @Override
  public List<Rounds> rounds() {
    return List.of(
        Rounds.plain(name + " channels", geometry.channels().variables(), 2),
        Rounds.plain(name + " frequencies", geometry.frequencyVariables(), 3));
  }

  @Override
  public Closing close(MergedClaims claims, Ext[] point) {
    int channels = geometry.channels().variables();
    FftConvGeometry.Closing next =
        geometry.closing(
            claims.only(),
            Arrays.copyOf(point, channels),
            Arrays.copyOfRange(point, channels, point.length));
    return new Closing(
        next.positions(),
        List.of(next.kernel(), next.source()),
        List.of(new End(conv().weight(), 0), new End(conv().source(), 1)));
  }
}
