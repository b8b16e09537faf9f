package org.zkc.gkr.relation;

import java.util.List;

/** At every index the product of the tensors' elements is 0. All tensors have one shape. */
public record ZeroProduct(String name, List<Integer> factors) {
  public ZeroProduct {
    factors = List.copyOf(factors);
  }
}
