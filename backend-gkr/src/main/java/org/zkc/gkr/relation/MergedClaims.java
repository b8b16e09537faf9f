package org.zkc.gkr.relation;

import java.util.List;
import java.util.stream.IntStream;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.weight.Weight;
import org.zkc.gkr.weight.WeightRows;

/**
 * Claims &lt;w_j, T_j&gt; = v_j as one: sum_j c_j &lt;w_j, T_j&gt; = sum_j c_j v_j. The claims of a
 * {@link Reduction} are on one tensor.
 */
public record MergedClaims(List<Claims.Claim> claims, ExtVector coefficients) {
  public MergedClaims {
    claims = List.copyOf(claims);
  }

  /** sum_j c_j v_j. */
  public Ext value() {
    Ext sum = Ext.ZERO;
    for (int j = 0; j < claims.size(); j++) {
      sum = sum.add(coefficients.get(j).mul(claims.get(j).value()));
    }
    return sum;
  }

  /** The extension of sum_j c_j w_j at a point. */
  public Ext at(Ext[] point) {
    Ext sum = Ext.ZERO;
    for (int j = 0; j < claims.size(); j++) {
      sum = sum.add(coefficients.get(j).mul(claims.get(j).weight().at(point)));
    }
    return sum;
  }

  /** Adds sum_j c_j w_j to a table laid out as the tensor is. */
  public void addTo(ExtVector table, Workers workers) {
    for (int j = 0; j < claims.size(); j++) {
      claims.get(j).weight().addTo(table, coefficients.get(j), workers);
    }
  }

  /** The weights c_j w_j. */
  public List<WeightRows> rows() {
    return IntStream.range(0, claims.size())
        .mapToObj(j -> claims.get(j).weight().rows(coefficients.get(j)))
        .toList();
  }

  /** The weight of the only claim, whose coefficient is 1. */
  public Weight only() {
    if (claims.size() != 1) {
      throw new IllegalStateException(claims.size() + " claims where one is taken");
    }
    return claims.get(0).weight();
  }
}
