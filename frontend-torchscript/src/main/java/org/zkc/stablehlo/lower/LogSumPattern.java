package org.zkc.stablehlo.lower;

import java.util.Optional;

/**
 * {@code max(x, y) + log1p(exp(-|x - y|))}, as which JAX writes the logarithm of a sum of two
 * exponentials out. ATen's operator is one table of lookups, of the difference.
 */
final class LogSumPattern {
  private LogSumPattern() {}

  /** The logarithm of a sum that a sum is; empty for other sums. */
  static Optional<Held> of(HloCall add) {
    return of(add, 0).or(() -> of(add, 1));
  }

  private static Optional<Held> of(HloCall add, int side) {
    Optional<HloCall> difference =
        only(add, add.operand(1 - side), "stablehlo.log_plus_one")
            .flatMap(l -> only(l, l.operand(0), "stablehlo.exponential"))
            .flatMap(e -> only(e, e.operand(0), "stablehlo.negate"))
            .flatMap(n -> only(n, n.operand(0), "stablehlo.abs"))
            .flatMap(a -> only(a, a.operand(0), "stablehlo.subtract"));
    return only(add, add.operand(side), "stablehlo.maximum")
        .filter(m -> difference.filter(d -> samePair(m, d)).isPresent())
        .map(m ->
            Elementwise.ofTwo(
                m, m.aten("logaddexp", m.operand(0).binding(), m.operand(1).binding())));
  }

  private static Optional<HloCall> only(HloCall call, Held value, String name) {
    return call.definition(value).filter(d -> d.isOf(name));
  }

  private static boolean samePair(HloCall a, HloCall b) {
    return isPair(a, b.operand(0), b.operand(1)) || isPair(a, b.operand(1), b.operand(0));
  }

  private static boolean isPair(HloCall call, Held x, Held y) {
    return call.operand(0).binding() == x.binding() && call.operand(1).binding() == y.binding();
  }
}
