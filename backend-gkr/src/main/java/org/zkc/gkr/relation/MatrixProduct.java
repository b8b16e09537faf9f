package org.zkc.gkr.relation;

import java.util.List;
import org.zkc.gkr.circuit.MatMul;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.mle.Mle;
import org.zkc.gkr.weight.Weight;

/**
 * Claim: Y(t, o) = sum_i X(t, i) W(o, i).
 *
 * <p>Arithmetisation: a claim with weights w_t, eq(r_o, .) becomes one sumcheck over i of W folded
 * by eq(r_o, .) times X folded by w_t (Thaler 2013, section 4).
 *
 * <p>Uniqueness: Y is a function of X and W, inside (-2^30, 2^30).
 *
 * @param inner the extent of i
 */
public record MatrixProduct(String name, MatMul matMul, int inner, int outputAxis)
    implements Bilinear {
  static MatrixProduct of(SystemBuilder builder, String name, MatMul m) {
    return new MatrixProduct(
        name, m, builder.shape(m.weight()).get(1), builder.shape(m.result()).size() - 1);
  }

  @Override
  public int result() {
    return matMul.result();
  }

  @Override
  public List<Integer> sources() {
    return List.of(matMul.weight(), matMul.source());
  }

  @Override
  public boolean takes(Weight weight) {
    return weight.hasPoint(outputAxis);
  }

  @Override
  public List<Rounds> rounds() {
    return List.of(Rounds.plain(name, Mle.variables(inner), 2));
  }

  @Override
  public Closing close(MergedClaims claims, Ext[] point) {
    Weight claim = claims.only();
    int outputs = claim.shape().get(outputAxis);
    // The other axes keep their weights, and the scale goes with them.
    return new Closing(
        Ext.ONE,
        List.of(
            new End(
                matMul.weight(),
                Weight.ofPoints(
                    List.of(outputs, inner), List.of(claim.axisPoint(outputAxis), point))),
            new End(matMul.source(), claim.withAxis(outputAxis, point, inner))));
  }
}
