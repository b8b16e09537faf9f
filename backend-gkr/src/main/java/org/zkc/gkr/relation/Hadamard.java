package org.zkc.gkr.relation;

import java.util.List;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.weight.TensorLayout;
import org.zkc.gkr.weight.Weight;

/**
 * Claim: z = a b elementwise.
 *
 * <p>Arithmetisation: all claims on z, merged by a random combination of their weights w, become
 * the sumcheck of w a b and one claim on each of a and b.
 *
 * <p>Uniqueness: z is a function of a and b, inside (-2^30, 2^30).
 */
public record Hadamard(String name, int result, int left, int right, List<Integer> shape)
    implements Bilinear {
  public Hadamard {
    shape = List.copyOf(shape);
  }

  @Override
  public List<Integer> sources() {
    return List.of(left, right);
  }

  @Override
  public boolean combines() {
    return true;
  }

  @Override
  public long multiplications(long elements) {
    return elements;
  }

  @Override
  public List<Rounds> rounds() {
    return List.of(Rounds.plain(name, new TensorLayout(shape).variables(), 3));
  }

  @Override
  public Closing close(MergedClaims claims, Ext[] point) {
    return new Closing(
        claims.at(point),
        List.of(Weight.eq(shape, point)),
        List.of(new End(left, 0), new End(right, 0)));
  }
}
