package org.zkc.stablehlo.lower;

import static org.zkc.stablehlo.lower.Elementwise.ofTwo;

import java.util.Map;
import java.util.Optional;
import org.zkc.torchscript.lower.Binding;

/**
 * The zeta function of Hurwitz and the derivatives of digamma (CHLO, "zeta", "polygamma"), for
 * orders that are constants. On one tensor they are one function, and cost one table.
 */
final class SpecialFunctionOperations {
  static final Map<String, HloOperator> TABLE =
      Map.of(
          "chlo.polygamma", HloOperator.one(SpecialFunctionOperations::polygamma),
          "chlo.zeta", HloOperator.one(SpecialFunctionOperations::zeta));

  /** Terms that are summed as they are, before the rest is estimated. */
  private static final int TERMS = 10;

  /**
   * B(2j) / (2j)!, the coefficients of the rest in the formula of Euler and Maclaurin (Abramowitz
   * and Stegun, 23.1.30 and 23.2.3).
   */
  private static final double[] REST = {
    1.0 / 12, -1.0 / 720, 1.0 / 30240, -1.0 / 1209600, 1.0 / 47900160
  };

  /** Orders beyond which factorials leave the range of f32. */
  private static final int MOST = 20;

  private SpecialFunctionOperations() {}

  private static Held zeta(HloCall call) {
    double s =
        Elementwise.real(call, 0)
            .filter(order -> order > 1)
            .orElseThrow(() -> call.refused("its order is no constant greater than 1"));
    return ofTwo(call, zeta(call, s, call.operand(1).binding()));
  }

  /** (-1)^(n+1) n! zeta(n + 1, x); digamma for n = 0 (Abramowitz and Stegun, 6.4.10). */
  private static Held polygamma(HloCall call) {
    Optional<Double> order = Elementwise.real(call, 0);
    double n =
        order
            .filter(o -> o >= 0 && o <= MOST && o == Math.rint(o))
            .orElseThrow(() ->
                call.refused("its order is no constant integer from 0 to %d".formatted(MOST)));
    Binding x = call.operand(1).binding();
    if (n == 0) {
      return ofTwo(call, call.aten("digamma", x));
    }
    double factor = n % 2 == 0 ? -1 : 1;
    for (int k = 2; k <= n; k++) {
      factor *= k;
    }
    return ofTwo(call, call.aten("mul", zeta(call, n + 1, x), factor));
  }

  /**
   * The sum of (x + k)^-s over k = 0, 1, ..., for x > 0. The first term is taken by a logarithm,
   * which numbers up to 0 are refused by.
   */
  private static Binding zeta(HloCall call, double s, Binding x) {
    Binding sum = call.aten("exp", call.aten("mul", call.aten("log", x), -s));
    for (int k = 1; k < TERMS; k++) {
      sum = call.aten("add", sum, call.aten("pow", call.aten("add", x, (double) k), -s));
    }
    Binding end = call.aten("add", x, (double) TERMS);
    sum = call.aten("add", sum, call.aten("mul", call.aten("pow", end, 1 - s), 1 / (s - 1)));
    sum = call.aten("add", sum, call.aten("mul", call.aten("pow", end, -s), 0.5));
    double rising = s;
    for (int j = 0; j < REST.length; j++) {
      double power = -s - 2 * j - 1;
      sum = call.aten("add", sum, call.aten("mul", call.aten("pow", end, power), REST[j] * rising));
      rising *= (s + 2 * j + 1) * (s + 2 * j + 2);
    }
    return sum;
  }
}
