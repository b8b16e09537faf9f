package org.zkc.stablehlo.lower;

import java.util.Optional;

/**
 * Products that a program makes 0 where one factor is, as {@code select(x != 0, x log y, 0)} of
 * JAX's {@code xlogy}. The other factor is finite, so that the product is 0 there by itself.
 */
final class GuardedProduct {
  private GuardedProduct() {}

  /** The product that a choice is; empty for other choices. */
  static Optional<Held> of(HloCall select) {
    return select
        .definition(select.operand(0))
        .filter(c -> c.isOf("stablehlo.compare") && isZero(c.operand(1)))
        .flatMap(c ->
            ReducerBody.direction(c.operation())
                .filter(d -> d.equals("NE") || d.equals("EQ"))
                .flatMap(d -> {
                  boolean differs = d.equals("NE");
                  Held product = select.operand(differs ? 1 : 2);
                  Held zero = select.operand(differs ? 2 : 1);
                  return isZero(zero) && isProductOf(select, product, c.operand(0))
                      ? Optional.of(
                          new Held(product.binding(), product.extents(), select.resultType(0)))
                      : Optional.empty();
                }));
  }

  private static boolean isProductOf(HloCall call, Held product, Held factor) {
    return call.definition(product)
        .filter(m -> m.isOf("stablehlo.multiply") && ElementTypes.isReal(m.type(0)))
        .filter(m ->
            m.operand(0).binding() == factor.binding()
                || m.operand(1).binding() == factor.binding())
        .isPresent();
  }

  private static boolean isZero(Held value) {
    return value.number().flatMap(Elementwise::value).filter(v -> v == 0).isPresent();
  }
}
