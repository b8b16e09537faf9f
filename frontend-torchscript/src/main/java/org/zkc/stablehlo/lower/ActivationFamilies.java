package org.zkc.stablehlo.lower;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Activations with parameters, which are told from a function's values at a few places. Each
 * candidate is a guess: {@link ActivationPattern} compares it with the function everywhere.
 */
final class ActivationFamilies {
  /** A place beyond all thresholds of activations in use. */
  private static final double FAR = 8;

  private ActivationFamilies() {}

  /**
   * The members of the families that a function may be.
   *
   * @param function a function's value at a place; empty where there is none
   */
  static List<ActivationPattern.Activation> fitted(Function<Double, Optional<Double>> function) {
    Optional<Double> right = function.apply(FAR);
    Optional<Double> left = function.apply(-FAR);
    Optional<Double> one = function.apply(-1.0);
    Optional<Double> two = function.apply(-2.0);
    List<ActivationPattern.Activation> out = new ArrayList<>();
    if (right.isEmpty() || left.isEmpty() || one.isEmpty() || two.isEmpty()) {
      return out;
    }
    leakyRelu(left.orElseThrow()).ifPresent(out::add);
    elu(right.orElseThrow(), one.orElseThrow(), two.orElseThrow()).ifPresent(out::add);
    clamp(left.orElseThrow(), right.orElseThrow()).ifPresent(out::add);
    return out;
  }

  /**
   * Quotients rounded down, and remainders with the divisor's sign, as Python's operators have
   * them: JAX makes them of the remainder that has the dividend's.
   *
   * @param operations whose remainders have the divisors that are tried
   */
  static List<ActivationPattern.Activation> divided(List<HloCall> operations) {
    List<ActivationPattern.Activation> out = new ArrayList<>();
    operations.stream()
        .filter(o -> o.isOf("stablehlo.remainder"))
        .flatMap(o -> Elementwise.real(o, 1).stream())
        .filter(d -> d != 0 && Double.isFinite(d))
        .distinct()
        .forEach(d -> {
          out.add(
              new ActivationPattern.Activation(x -> Math.floor(x / d), "floor_divide", List.of(d)));
          out.add(
              new ActivationPattern.Activation(
                  x -> x - d * Math.floor(x / d), "remainder", List.of(d)));
        });
    return out;
  }

  /** {@code x} where x is positive, else {@code slope x}; a slope of 0 is ReLU. */
  private static Optional<ActivationPattern.Activation> leakyRelu(double left) {
    double slope = shortest(-left / FAR);
    if (slope == 0) {
      return Optional.of(new ActivationPattern.Activation(x -> Math.max(x, 0), "relu", List.of()));
    }
    return Double.isFinite(slope) && slope != 1
        ? Optional.of(
            new ActivationPattern.Activation(
                x -> x > 0 ? x : slope * x, "leaky_relu", List.of(slope)))
        : Optional.empty();
  }

  /**
   * {@code scale x} where x is positive, else {@code scale alpha (exp(inputScale x) - 1)}: ELU,
   * SELU and CELU. The quotient of the values at -2 and -1 is {@code 1 + exp(-inputScale)}.
   */
  private static Optional<ActivationPattern.Activation> elu(double right, double one, double two) {
    double scale = shortest(right / FAR);
    double inputScale = shortest(-StrictMath.log(two / one - 1));
    double alpha = shortest(one / (scale * StrictMath.expm1(-inputScale)));
    return scale > 0 && inputScale > 0 && Double.isFinite(scale + inputScale + alpha)
        ? Optional.of(
            new ActivationPattern.Activation(
                x -> scale * (x > 0 ? x : alpha * StrictMath.expm1(inputScale * x)),
                "elu",
                List.of(alpha, scale, inputScale)))
        : Optional.empty();
  }

  /** {@code min(max(x, low), high)}: ReLU6 and the hard tanh. */
  private static Optional<ActivationPattern.Activation> clamp(double low, double high) {
    return low < high && low > -FAR && high < FAR
        ? Optional.of(
            new ActivationPattern.Activation(
                x -> Math.clamp(x, low, high), "hardtanh", List.of(low, high)))
        : Optional.empty();
  }

  /** The decimal number that the user wrote, of which the text has the nearest float. */
  private static double shortest(double value) {
    return Double.parseDouble(Float.toString((float) value));
  }
}
