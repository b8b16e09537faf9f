package org.zkc.gkr.relation;

import java.util.List;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.weight.TensorLayout;
import org.zkc.gkr.weight.Weight;

/**
 * Any claims on a tensor T become one at a point: the sumcheck of (sum_j c_j w_j) T, which ends in
 * T(r) for the point r of its challenges.
 */
public record Merge(String name, int tensor, List<Integer> shape) implements Reduction {
  public Merge {
    shape = List.copyOf(shape);
  }

  /** The merging of claims on a tensor of a system, under this name. */
  public static Merge of(ConstraintSystem system, String name, int tensor) {
    return new Merge(name + " merge", tensor, system.tensor(tensor).shape());
  }

  @Override
  public String endsName() {
    return name + " end";
  }

  @Override
  public List<Integer> sources() {
    return List.of(tensor);
  }

  @Override
  public boolean combines() {
    return true;
  }

  @Override
  public List<Rounds> rounds() {
    return List.of(Rounds.plain(name, new TensorLayout(shape).variables(), 2));
  }

  @Override
  public Closing close(MergedClaims claims, Ext[] point) {
    return new Closing(
        claims.at(point), List.of(Weight.eq(shape, point)), List.of(new End(tensor, 0)));
  }
}
