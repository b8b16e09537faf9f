package org.zkc.passes.quantize;

import java.util.List;
import java.util.Optional;
import org.zkc.ir.FieldBounds;

/**
 * Integer factors for means over windows: the mean of window j is factors[j] / unit times its sum,
 * so that means over windows of different sizes have one scale. Equal divisors get factors of 1:
 * the division is in the unit alone, however large the divisor.
 *
 * @param unit real number that a divisor's factor approximates unit / divisor in
 * @param factors at least 1, one per window
 * @param error greatest relative error of any factors[j] / unit against 1 / divisors[j]
 */
record MeanFactors(double unit, List<Integer> factors, double error) {
  /** Divisors that have a common multiple up to here get exact factors. */
  private static final int LARGEST_EXACT_UNIT = 1 << 12;

  /**
   * Factors of at most this error are taken, and no finer ones are tried, which would only widen
   * the sums.
   */
  private static final double PRECISE = Math.scalb(1.0, -12);

  /** Factors of the largest divisor that are tried. */
  private static final int MOST_TRIED = 1 << 14;

  MeanFactors {
    factors = List.copyOf(factors);
  }

  /**
   * The coarsest factors that are exact or precise, else the most precise ones.
   *
   * @param divisors one per window, at least 1
   * @param lengths elements of each window
   * @param magnitude of the integers that are summed, at least 0
   * @return empty when no factors keep every sum inside (-2^30, 2^30)
   */
  static Optional<MeanFactors> of(List<Integer> divisors, List<Integer> lengths, long magnitude) {
    int[] distinct = divisors.stream().mapToInt(d -> d).distinct().toArray();
    long multiple = 1;
    int largest = 1;
    for (int divisor : distinct) {
      multiple = Math.min(multiple / gcd(multiple, divisor) * divisor, LARGEST_EXACT_UNIT + 1);
      largest = Math.max(largest, divisor);
    }
    if (distinct.length <= 1 || multiple <= LARGEST_EXACT_UNIT) {
      MeanFactors exact = rounded(distinct.length <= 1 ? largest : multiple, distinct, divisors);
      if (exact.fits(lengths, magnitude)) {
        return Optional.of(exact);
      }
    }
    MeanFactors best = null;
    for (int factor = 1; factor <= MOST_TRIED; factor++) {
      MeanFactors next = rounded((double) factor * largest, distinct, divisors);
      if (!next.fits(lengths, magnitude)) {
        break;
      }
      if (best == null || next.error < best.error) {
        best = next;
      }
      if (best.error <= PRECISE) {
        break;
      }
    }
    return Optional.ofNullable(best);
  }

  /** Factors of {@code wanted} / divisor, and the unit near {@code wanted} that suits them best. */
  private static MeanFactors rounded(double wanted, int[] distinct, List<Integer> divisors) {
    double least = Double.POSITIVE_INFINITY;
    double most = 0;
    for (int divisor : distinct) {
      double product = Math.rint(wanted / divisor) * divisor;
      least = Math.min(least, product);
      most = Math.max(most, product);
    }
    double unit = distinct.length == 0 ? wanted : (least + most) / 2;
    double error = distinct.length == 0 ? 0 : (most - least) / (most + least);
    List<Integer> factors = divisors.stream().map(d -> (int) Math.rint(wanted / d)).toList();
    return new MeanFactors(unit, factors, error);
  }

  private boolean fits(List<Integer> lengths, long magnitude) {
    for (int j = 0; j < lengths.size(); j++) {
      double bound = (double) factors.get(j) * lengths.get(j) * magnitude;
      if (bound >= FieldBounds.ROUNDED_LIMIT) {
        return false;
      }
    }
    return true;
  }

  private static long gcd(long a, long b) {
    return b == 0 ? a : gcd(b, a % b);
  }
}
