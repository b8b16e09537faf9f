package org.zkc.gkr.relation;

import java.util.List;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.weight.TensorLayout;
import org.zkc.gkr.weight.Weight;

/**
 * A product of tensors whose elements' product is 0 at every index. All tensors have one shape.
 *
 * <p>The claim is that the extension of the product is 0 at a random point z: the sumcheck of eq(z,
 * .) f_1 ... f_k, with eq split off, over the padding too, where the product of zero extensions is
 * 0 by itself.
 */
public record ZeroProduct(String name, List<Integer> factors, List<Integer> shape)
    implements Reduction {
  /** The tensor index in a claim on the product, which no party holds. */
  public static final int PRODUCT = -1;

  public ZeroProduct {
    factors = List.copyOf(factors);
    shape = List.copyOf(shape);
  }

  @Override
  public List<Integer> sources() {
    return factors;
  }

  @Override
  public List<Rounds> rounds() {
    int variables = new TensorLayout(shape).variables();
    return List.of(new Rounds(name, variables, factors.size(), shape.size()));
  }

  @Override
  public Closing close(MergedClaims claims, Ext[] point) {
    return new Closing(
        Ext.ONE,
        List.of(Weight.eq(shape, point)),
        factors.stream().map(t -> new End(t, 0)).toList());
  }
}
