package org.zkc.passes.quantize;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.zkc.ir.FieldBounds;

/**
 * Chooses the scale of an accumulator: a sum of linear maps (whose integer weights can be had at
 * any scale) and of integers that exist already (which an integer multiplier brings to it). Where
 * the sum is requantised to scale s afterwards, the accumulator's scale is s 2^-shift, so that the
 * requantisation is a shift.
 *
 * <p>A finer scale keeps more bits of the weights and of the multipliers; what bounds it is that no
 * sum may leave (-2^30, 2^30), and that remainders of {@code shift} bits are range-checked.
 */
final class AccumulatorScale {
  /** Channels down to 2^-CAP of the largest keep all their bits. */
  private static final int CAP = 3;

  /**
   * Multipliers of existing integers have at least this many bits where there is room, so that they
   * are exact to 0.4 %.
   */
  private static final int MULTIPLIER_BITS = 8;

  /** Sums of nothing but constants have about this many bits. */
  private static final int CONSTANT_BITS = 16;

  /** Multipliers stay below 2^14, but for the sake of the bits of other terms. */
  private static final double LARGEST_MULTIPLIER = 1 << 14;

  /** They are integers of 32 bits always. */
  private static final double MOST_BEYOND = 1 << 16;

  /**
   * A term has bits enough to ask for more of others at this many times the scale that it should
   * have: with multipliers exact to 3 %.
   */
  private static final double COARSEST = 1 << 3;

  private static final int LARGEST_SHIFT = 24;

  /** One in so many factors of channels has fewer bits than it should. */
  private static final int SMALLEST = 8;

  /** Factors below 2^-MOST_SMALLER of the greatest may also have fewer bits than they should. */
  private static final int MOST_SMALLER = 6;

  /** Room for rounding of weights and biases, and for the half that requantisation adds. */
  private static final double LIMIT = 0.95 * FieldBounds.LIMIT;

  /** The same where order is asked: exact to 0.01 %. */
  private static final int DECISIVE_MULTIPLIER_BITS = 14;

  private final List<Term> terms = new ArrayList<>();
  private final int multiplierBits;

  /**
   * @param isDecisive what the accumulator holds is compared
   */
  AccumulatorScale(boolean isDecisive) {
    this.multiplierBits = isDecisive ? DECISIVE_MULTIPLIER_BITS : MULTIPLIER_BITS;
  }

  private sealed interface Term {
    /** The scale at which the term has the resolution that it should have. */
    double wanted();

    /** The finest scale that keeps multipliers below their limit. */
    double finest();

    /** A bound on |term|, as a real number, at accumulator scale {@code a}. */
    double bound(double a);
  }

  private record Map(
      double inputScale,
      double inputMagnitude,
      double inputNorm,
      WeightStatistics weights,
      double bias,
      double gain,
      int bits)
      implements Term {
    @Override
    public double wanted() {
      double reference = inputScale * weights.reference(CAP) * gain / (1L << (bits - 2));
      return reference == 0 ? wantedForConstants(bias * gain) : reference;
    }

    @Override
    public double finest() {
      return 0;
    }

    @Override
    public double bound(double a) {
      double positive = 0;
      double negative = 0;
      double norm = 0;
      double rounding = 0;
      for (int c = 0; c < weights.channels(); c++) {
        double mantissa =
            Math.max(1, weights.greatest()[c] * inputScale * gain / a / (1L << (bits - 1)));
        rounding = Math.max(rounding, weights.fanIn() * mantissa * a / (inputScale * gain));
        positive = Math.max(positive, weights.positive()[c]);
        negative = Math.max(negative, weights.negative()[c]);
        norm = Math.max(norm, weights.norms()[c]);
      }
      // The verifier knows the largest sum of positive and of negative weights, of whichever
      // channels, and the largest 2-norm, off which rounding is by the root of the number of
      // weights.
      double sums = (positive + negative + rounding) * inputMagnitude;
      if (inputNorm < Double.POSITIVE_INFINITY && weights.fanIn() > 0) {
        sums = Math.min(sums, (norm + rounding / Math.sqrt(weights.fanIn())) * inputNorm);
      }
      return (sums * inputScale + bias) * gain;
    }
  }

  /**
   * Integers times factors.
   *
   * @param least the factor whose multiplier has all its bits
   * @param most the greatest factor
   * @param isExact whether multipliers at the integers' own scale are the factors
   */
  private record Integers(
      double scale,
      double magnitude,
      double gain,
      int multiplierBits,
      double least,
      double most,
      boolean isExact)
      implements Term {
    @Override
    public double wanted() {
      return scale * gain * least / (1L << (multiplierBits - 1));
    }

    @Override
    public double finest() {
      return scale * gain * most / LARGEST_MULTIPLIER;
    }

    @Override
    public double bound(double a) {
      return magnitude * scale * gain * most;
    }
  }

  private record Reals(double magnitude, double gain) implements Term {
    @Override
    public double wanted() {
      return Double.POSITIVE_INFINITY;
    }

    @Override
    public double finest() {
      return 0;
    }

    @Override
    public double bound(double a) {
      return magnitude * gain;
    }
  }

  /**
   * A linear map of an input of the given scale and greatest |integer|, times a real {@code gain} >
   * 0.
   *
   * @param inputNorm the greatest 2-norm of the integers of which a sum is made, infinite where it
   *     is not known
   */
  void addMap(
      double inputScale,
      double inputMagnitude,
      double inputNorm,
      WeightStatistics weights,
      double bias,
      double gain,
      int bits) {
    terms.add(new Map(inputScale, inputMagnitude, inputNorm, weights, bias, gain, bits));
  }

  /** Integers of the given scale and greatest magnitude. */
  void addIntegers(double scale, double magnitude, double gain) {
    terms.add(new Integers(scale, magnitude, gain, multiplierBits, 1, 1, true));
  }

  /** The same, each channel times a factor of its own. */
  void addChannels(double scale, double magnitude, double gain, double[] factors) {
    double[] sizes = Arrays.stream(factors).map(Math::abs).filter(f -> f > 0).sorted().toArray();
    if (sizes.length == 0) {
      return;
    }
    boolean isExact = ConstantFactor.arePowers(factors);
    double most = sizes[sizes.length - 1];
    double least =
        isExact ? sizes[0] : Math.max(sizes[sizes.length / SMALLEST], most / (1 << MOST_SMALLER));
    terms.add(
        new Integers(scale, magnitude, gain, multiplierBits, least, most, isExact && least >= 1));
  }

  /** Adds constants, which are rounded to the accumulator's scale, whatever it is. */
  void addConstants(double magnitude, double gain) {
    terms.add(new Reals(magnitude, gain));
  }

  /**
   * The gain times scale of the only term that holds integers, when there are no maps and no other
   * such terms; else 0.
   */
  double onlyIntegers() {
    double found = 0;
    for (Term term : terms) {
      switch (term) {
        case Map m -> {
          return 0;
        }
        case Integers i -> {
          if (found > 0 || !i.isExact) {
            return 0;
          }
          found = i.scale * i.gain;
        }
        case Reals r -> {}
      }
    }
    return found;
  }

  /** Whether every sum stays far inside the limit at scale {@code a}, below {@code magnitude}. */
  boolean fits(double a, double magnitude) {
    return bound(a) < magnitude * a;
  }

  /** A bound on the magnitude of the sums, as a real number. */
  double bound() {
    return bound(wanted());
  }

  private double bound(double a) {
    double sum = 0;
    for (Term term : terms) {
      sum += term.bound(a);
    }
    return sum;
  }

  private double wanted() {
    double a = Double.POSITIVE_INFINITY;
    for (Term term : terms) {
      a = Math.min(a, term.wanted());
    }
    if (Double.isInfinite(a)) {
      a = wantedForConstants(bound(1));
    }
    return Double.isInfinite(a) ? 1 : a;
  }

  /**
   * The resolution of what holds constants alone, such as the bias of a map whose weights are 0.
   */
  private static double wantedForConstants(double magnitude) {
    return magnitude == 0 ? Double.POSITIVE_INFINITY : magnitude / (1L << CONSTANT_BITS);
  }

  /**
   * Whether sums stay inside the limit, and multipliers below theirs. A coarse term has a large one
   * beside a fine term that would be left without bits: a mask of 0 and 1 that stands for 100
   * beside steps of 0.001, or the whole part that is taken from a number.
   */
  private boolean isPossible(double a) {
    double room = a <= COARSEST * wanted() ? MOST_BEYOND : 1;
    return bound(a) < LIMIT * a && terms.stream().allMatch(t -> a * room >= t.finest());
  }

  /** The scale of an accumulator that is not requantised. */
  double free() {
    double a = wanted();
    while (!isPossible(a)) {
      a *= 2;
    }
    return a;
  }

  /** The same, a power of two that is at most 1/2; empty where sums have no room for that. */
  OptionalInt binary() {
    int shift = -(int) Math.ceil(StrictMath.log(wanted()) / StrictMath.log(2));
    shift = Math.min(shift, LARGEST_SHIFT);
    while (shift > 0 && !isPossible(Math.scalb(1.0, -shift))) {
      shift--;
    }
    return shift > 0 ? OptionalInt.of(shift) : OptionalInt.empty();
  }

  /**
   * The shift for requantisation to scale {@code target}; the accumulator's scale is target
   * 2^-shift. -1 when none fits.
   */
  int shift(double target) {
    int shift = (int) Math.ceil(StrictMath.log(target / wanted()) / StrictMath.log(2));
    shift = Math.clamp(shift, 0, LARGEST_SHIFT);
    while (shift >= 0 && !isPossible(Math.scalb(target, -shift))) {
      shift--;
    }
    return shift;
  }
}
