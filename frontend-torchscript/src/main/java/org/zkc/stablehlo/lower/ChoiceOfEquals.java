package org.zkc.stablehlo.lower;

import java.util.Optional;

/**
 * Choices between two values that are equal wherever the first is chosen, as {@code select(x == 0,
 * 0, x)} with which JAX makes one number of both zeros before it compares in total order. The other
 * value is the result, and keeps its digits.
 */
final class ChoiceOfEquals {
  private ChoiceOfEquals() {}

  /** The value that a choice always has; empty for other choices. */
  static Optional<Held> of(HloCall select) {
    return select
        .definition(select.operand(0))
        .filter(c -> c.isOf("stablehlo.compare"))
        .flatMap(c ->
            ReducerBody.direction(c.operation())
                .filter(d -> d.equals("EQ") || d.equals("NE"))
                .flatMap(d -> {
                  Held equal = select.operand(d.equals("EQ") ? 1 : 2);
                  Held other = select.operand(d.equals("EQ") ? 2 : 1);
                  return areThose(c, equal, other) || areThose(c, other, equal)
                      ? Optional.of(
                          new Held(
                              other.binding(),
                              other.extents(),
                              select.resultType(0),
                              other.number()))
                      : Optional.empty();
                }));
  }

  private static boolean areThose(HloCall compare, Held left, Held right) {
    return isSame(compare.operand(0), left) && isSame(compare.operand(1), right);
  }

  private static boolean isSame(Held a, Held b) {
    return a.binding() == b.binding()
        || a.number()
            .flatMap(Elementwise::value)
            .flatMap(x -> b.number().flatMap(Elementwise::value).filter(y -> x.doubleValue() == y))
            .isPresent();
  }
}
