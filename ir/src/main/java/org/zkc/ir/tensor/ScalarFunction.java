package org.zkc.ir.tensor;

import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;

/**
 * Functions of one number, in double precision and equal on every machine (StrictMath, or basic
 * arithmetic). Each has the name, the meaning and the parameters that PyTorch gives it; halves are
 * rounded to even.
 */
public enum ScalarFunction {
  ABS(Range.NOT_NEGATIVE, Domain.REALS, Math::abs),
  ACOS(new Range(0, Math.PI), Domain.closed(-1, 1), StrictMath::acos),
  ACOSH(Range.NOT_NEGATIVE, new Domain(1, true, Double.POSITIVE_INFINITY, false), Area::cosine),
  ASIN(new Range(-Math.PI / 2, Math.PI / 2), Domain.closed(-1, 1), StrictMath::asin),
  ASINH(Range.UNBOUNDED, Domain.REALS, Area::sine),
  ATAN(new Range(-Math.PI / 2, Math.PI / 2), Domain.REALS, StrictMath::atan),
  ATANH(Range.UNBOUNDED, Domain.open(-1, 1), Area::tangent),
  CEIL(Range.UNBOUNDED, Domain.REALS, Math::ceil),
  COS(new Range(-1, 1), Domain.REALS, StrictMath::cos),
  COSH(new Range(1, Double.POSITIVE_INFINITY), Domain.REALS, StrictMath::cosh),
  /** The derivative of the logarithm of the gamma function. */
  DIGAMMA(Range.UNBOUNDED, Domain.POSITIVE, SpecialFunctions::digamma),
  /** -x log(x). */
  ENTR(new Range(Double.NEGATIVE_INFINITY, 0.368), Domain.NOT_NEGATIVE, SpecialFunctions::entropy),
  ERF(new Range(-1, 1), Domain.REALS, ErrorFunction::erf),
  ERFC(new Range(0, 2), Domain.REALS, x -> 1 - ErrorFunction.erf(x)),
  /** exp(x^2) erfc(x). */
  ERFCX(Range.NOT_NEGATIVE, Domain.REALS, SpecialFunctions::scaledErfc),
  ERFINV(Range.UNBOUNDED, Domain.open(-1, 1), SpecialFunctions::inverseErf),
  EXP(Range.NOT_NEGATIVE, Domain.REALS, StrictMath::exp),
  EXPM1(new Range(-1, Double.POSITIVE_INFINITY), Domain.REALS, StrictMath::expm1),
  /** base^x, of a positive base. */
  EXPONENTIAL(
      "base",
      p -> Range.NOT_NEGATIVE,
      (p, seen) -> Domain.REALS,
      (x, p) -> StrictMath.pow(p.getFirst(), x)) {
    @Override
    boolean takes(List<Double> parameters) {
      return parameters.getFirst() > 0;
    }
  },
  FLOOR(Range.UNBOUNDED, Domain.REALS, Math::floor),
  /** x - divisor trunc(x / divisor): the remainder has the sign of x. */
  FMOD(
      "divisor",
      p -> new Range(-Math.abs(p.getFirst()), Math.abs(p.getFirst())),
      (p, seen) -> Domain.REALS,
      (x, p) -> x % p.getFirst()) {
    @Override
    boolean takes(List<Double> parameters) {
      return parameters.getFirst() != 0;
    }
  },
  FRAC(new Range(-1, 1), Domain.REALS, x -> x % 1),
  /** x where |x| > bound, else 0. */
  HARDSHRINK(
      "bound",
      p -> Range.UNBOUNDED,
      (p, seen) -> Domain.REALS,
      (x, p) -> Math.abs(x) > p.getFirst() ? x : 0),
  /** The modified Bessel function of order 0; I0E is that times exp(-|x|). */
  I0(new Range(1, Double.POSITIVE_INFINITY), Domain.REALS, x -> SpecialFunctions.bessel(x, 0)),
  I0E(new Range(0, 1), Domain.REALS, x -> SpecialFunctions.scaledBessel(x, 0)),
  I1(Range.UNBOUNDED, Domain.REALS, x -> SpecialFunctions.bessel(x, 1)),
  I1E(new Range(-0.22, 0.22), Domain.REALS, x -> SpecialFunctions.scaledBessel(x, 1)),
  /** The logarithm of the gamma function. */
  LGAMMA(new Range(-0.122, Double.POSITIVE_INFINITY), Domain.POSITIVE, SpecialFunctions::logGamma),
  LOG(Range.UNBOUNDED, Domain.POSITIVE, StrictMath::log),
  LOG10(Range.UNBOUNDED, Domain.POSITIVE, StrictMath::log10),
  LOG1P(Range.UNBOUNDED, Domain.above(-1), StrictMath::log1p),
  LOG2(Range.UNBOUNDED, Domain.POSITIVE, x -> StrictMath.log(x) / StrictMath.log(2)),
  /** The logarithm of NDTR. */
  LOG_NDTR(Range.NOT_POSITIVE, Domain.REALS, SpecialFunctions::logNormal),
  LOG_SIGMOID(Range.NOT_POSITIVE, Domain.REALS, x -> Math.min(x, 0) - softplus(-Math.abs(x))),
  LOGIT(Range.UNBOUNDED, Domain.open(0, 1), x -> StrictMath.log(x) - StrictMath.log1p(-x)),
  /** x tanh(log(1 + exp(x))) (Misra, Mish: A Self Regularized Non-Monotonic Activation). */
  MISH(
      new Range(-0.31, Double.POSITIVE_INFINITY),
      Domain.REALS,
      x -> x * StrictMath.tanh(softplus(x))),
  /** The normal distribution's probability of at most x; NDTRI is its inverse. */
  NDTR(new Range(0, 1), Domain.REALS, SpecialFunctions::normal),
  NDTRI(Range.UNBOUNDED, Domain.open(0, 1), SpecialFunctions::inverseNormal),
  /** x^exponent. */
  POWER(
      "exponent",
      p -> isInteger(p.getFirst()) && p.getFirst() % 2 != 0 ? Range.UNBOUNDED : Range.NOT_NEGATIVE,
      ScalarFunction::domainOfPower,
      (x, p) -> StrictMath.pow(x, p.getFirst())),
  RECIPROCAL(
      Range.UNBOUNDED,
      (p, seen) -> seen.high() < 0 ? Domain.NEGATIVE : Domain.POSITIVE,
      x -> 1 / x),
  /** x - divisor floor(x / divisor): the remainder has the sign of the divisor. */
  REMAINDER(
      "divisor",
      p -> new Range(Math.min(0, p.getFirst()), Math.max(0, p.getFirst())),
      (p, seen) -> Domain.REALS,
      (x, p) -> remainder(x, p.getFirst())) {
    @Override
    boolean takes(List<Double> parameters) {
      return parameters.getFirst() != 0;
    }
  },
  ROUND(Range.UNBOUNDED, Domain.REALS, Math::rint),
  RSQRT(Range.NOT_NEGATIVE, Domain.POSITIVE, x -> 1 / Math.sqrt(x)),
  SIGN(new Range(-1, 1), Domain.REALS, Math::signum),
  SIN(new Range(-1, 1), Domain.REALS, StrictMath::sin),
  /** sin(pi x) / (pi x). */
  SINC(new Range(-0.218, 1), Domain.REALS, SpecialFunctions::sinc),
  SINH(Range.UNBOUNDED, Domain.REALS, StrictMath::sinh),
  /** log(1 + exp(beta x)) / beta where beta x is at most the threshold, elsewhere x. */
  SOFTPLUS(
      List.of("beta", "threshold"),
      p -> p.getFirst() > 0 ? Range.NOT_NEGATIVE : Range.UNBOUNDED,
      (p, seen) -> Domain.REALS,
      (x, p) -> x * p.getFirst() > p.getLast() ? x : softplus(x * p.getFirst()) / p.getFirst()) {
    @Override
    boolean takes(List<Double> parameters) {
      return parameters.getFirst() != 0;
    }
  },
  /** x less the bound, towards 0 and no further than 0. */
  SOFTSHRINK(
      "bound",
      p -> Range.UNBOUNDED,
      (p, seen) -> Domain.REALS,
      (x, p) -> x - Math.clamp(x, -p.getFirst(), p.getFirst())) {
    @Override
    boolean takes(List<Double> parameters) {
      return parameters.getFirst() >= 0;
    }
  },
  /** x / (1 + |x|). */
  SOFTSIGN(new Range(-1, 1), Domain.REALS, x -> x / (1 + Math.abs(x))),
  SQRT(Range.NOT_NEGATIVE, Domain.NOT_NEGATIVE, Math::sqrt),
  /** tan, on the branch that holds the least number that it is to take. */
  TAN(
      Range.UNBOUNDED,
      (p, seen) -> {
        double branch = Math.rint(seen.low() / Math.PI);
        return Domain.open((branch - 0.5) * Math.PI, (branch + 0.5) * Math.PI);
      },
      StrictMath::tan),
  /** x where it is above the threshold, else the value. */
  THRESHOLD(
      List.of("threshold", "value"),
      p -> new Range(Math.min(p.getFirst(), p.getLast()), Double.POSITIVE_INFINITY),
      (p, seen) -> Domain.REALS,
      (x, p) -> x > p.getFirst() ? x : p.getLast()),
  TRUNC(Range.UNBOUNDED, Domain.REALS, x -> x < 0 ? Math.ceil(x) : Math.floor(x));

  private final List<String> parameterNames;
  private final Function<List<Double>, Range> range;
  private final BiFunction<List<Double>, Range, Domain> domain;
  private final Formula formula;

  @FunctionalInterface
  private interface Formula {
    double apply(double x, List<Double> parameters);
  }

  ScalarFunction(Range range, Domain domain, DoubleUnaryOperator function) {
    this(range, (p, seen) -> domain, function);
  }

  ScalarFunction(
      Range range, BiFunction<List<Double>, Range, Domain> domain, DoubleUnaryOperator function) {
    this(List.of(), p -> range, domain, (x, p) -> function.applyAsDouble(x));
  }

  ScalarFunction(
      String parameter,
      Function<List<Double>, Range> range,
      BiFunction<List<Double>, Range, Domain> domain,
      Formula formula) {
    this(List.of(parameter), range, domain, formula);
  }

  ScalarFunction(
      List<String> parameterNames,
      Function<List<Double>, Range> range,
      BiFunction<List<Double>, Range, Domain> domain,
      Formula formula) {
    this.parameterNames = parameterNames;
    this.range = range;
    this.domain = domain;
    this.formula = formula;
  }

  /** The value at x; NaN or infinite outside the domain. */
  public double apply(double x, List<Double> parameters) {
    return formula.apply(x, parameters);
  }

  /** An interval that holds all values on the domain. */
  public Range range(List<Double> parameters) {
    return range.apply(parameters);
  }

  /**
   * The function's domain. Where it falls into several intervals, the result is the interval that
   * contains {@code seen}, or its lower end.
   */
  public Domain domain(List<Double> parameters, Range seen) {
    return domain.apply(parameters, seen);
  }

  /**
   * Checks the parameters.
   *
   * @throws IllegalArgumentException with one sentence when they make no function
   */
  public void require(List<Double> parameters) {
    if (parameters.size() != parameterNames.size()
        || !parameters.stream().allMatch(Double::isFinite)
        || !takes(parameters)) {
      throw new IllegalArgumentException(
          "%s takes parameters %s, not %s"
              .formatted(name().toLowerCase(Locale.ROOT), parameterNames, parameters));
    }
  }

  /** Whether finite numbers make a function. */
  boolean takes(List<Double> parameters) {
    return true;
  }

  private static boolean isInteger(double x) {
    return x == Math.rint(x);
  }

  /** All numbers for whole exponents, else those that are not negative; without 0 below 0. */
  private static Domain domainOfPower(List<Double> parameters, Range seen) {
    double exponent = parameters.getFirst();
    if (exponent >= 0) {
      return isInteger(exponent) ? Domain.REALS : Domain.NOT_NEGATIVE;
    }
    return isInteger(exponent) && seen.high() < 0 ? Domain.NEGATIVE : Domain.POSITIVE;
  }

  /** log(1 + exp(x)). */
  private static double softplus(double x) {
    return Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x)));
  }

  private static double remainder(double x, double divisor) {
    double rest = x % divisor;
    return rest != 0 && (divisor < 0) != (rest < 0) ? rest + divisor : rest;
  }

  /** The inverses of the hyperbolic functions. */
  private static final class Area {
    private static double sine(double x) {
      double a = Math.abs(x);
      return Math.copySign(StrictMath.log1p(a + a * a / (1 + Math.sqrt(1 + a * a))), x);
    }

    private static double cosine(double x) {
      return StrictMath.log(x + Math.sqrt(x - 1) * Math.sqrt(x + 1));
    }

    private static double tangent(double x) {
      return Math.copySign(0.5 * StrictMath.log1p(2 * Math.abs(x) / (1 - Math.abs(x))), x);
    }
  }
}
