package org.zkc.passes.quantize;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts of |x| in bins of equal width. The width is a power of two that doubles, bins merging in
 * pairs, when a greater element comes; so the counts are the same in whichever order elements come.
 */
final class MagnitudeHistogram {
  private static final int BINS = 1 << 11;

  /** Clipping thresholds that are tried, as shares of the greatest magnitude. */
  private static final int CANDIDATES = 64;

  /** Contrasts that future inputs may have, between that of the samples and the margin's. */
  private static final int CONTRASTS = 4;

  private final long[] counts = new long[BINS];
  private int exponent = Double.MIN_EXPONENT;
  private float greatest;
  private long total;
  private @Nullable Tails tails;

  /** Thresholds that were asked for: each precision that is tried asks again. */
  private final Map<Query, Double> thresholds = new HashMap<>();

  private record Query(double margin, double levels) {}

  void add(float[] elements) {
    tails = null;
    thresholds.clear();
    float most = greatest;
    for (float e : elements) {
      most = Math.max(most, Math.abs(e));
    }
    if (most > greatest) {
      greatest = most;
      widen();
    }
    float perUnit = Math.scalb(1f, -Math.max(exponent, Float.MIN_EXPONENT));
    for (float e : elements) {
      counts[Math.min(BINS - 1, (int) (Math.abs(e) * perUnit))]++;
    }
    total += elements.length;
  }

  /** Makes the bins wide enough for the greatest magnitude. */
  private void widen() {
    int wanted = Math.max(Float.MIN_EXPONENT, Math.getExponent(greatest) + 1 - 11);
    int steps = total == 0 ? 0 : Math.min(wanted - exponent, Integer.SIZE - 1);
    for (int i = 0; i < BINS && steps > 0; i++) {
      long n = counts[i];
      counts[i] = 0;
      counts[i >> steps] += n;
    }
    exponent = wanted;
  }

  double greatest() {
    return greatest;
  }

  /**
   * The threshold T whose expected squared error is least when values like these, at contrasts
   * between theirs and {@code margin} times theirs, are rounded to {@code levels} steps up to T and
   * cut there. At most margin times the greatest magnitude seen, which it is unless a few elements
   * stand far out.
   *
   * @param levels positive integers that magnitudes are rounded to
   */
  double threshold(double margin, double levels) {
    return thresholds.computeIfAbsent(new Query(margin, levels), q -> best(margin, levels));
  }

  private double best(double margin, double levels) {
    double[] contrasts = new double[CONTRASTS];
    for (int c = 0; c < CONTRASTS; c++) {
      contrasts[c] = StrictMath.pow(margin, (c + 1.0) / CONTRASTS);
    }
    double limit = margin * greatest;
    double best = limit;
    double least = Double.POSITIVE_INFINITY;
    for (int k = CANDIDATES; k >= CANDIDATES / 8; k--) {
      double threshold = limit * k / CANDIDATES;
      double step = threshold / levels;
      double error = step * step / 12;
      for (double contrast : contrasts) {
        error += clipped(threshold / contrast) * contrast * contrast / CONTRASTS;
      }
      if (error < least) {
        least = error;
        best = threshold;
      }
    }
    return best;
  }

  /**
   * The mean of (|x| - t)^2 over elements above t, counting those below as 0; each element as if in
   * the middle of its bin.
   */
  private double clipped(double threshold) {
    double width = Math.scalb(1.0, exponent);
    int from = Math.min(BINS, (int) Math.ceil(Math.max(0, threshold / width - 0.5)));
    Tails t = tails();
    double sum =
        t.squares[from] - 2 * threshold * t.sums[from] + threshold * threshold * t.counts[from];
    return total == 0 ? 0 : Math.max(0, sum) / total;
  }

  /** Moments of the elements in bins from each on. */
  private record Tails(double[] counts, double[] sums, double[] squares) {}

  private Tails tails() {
    if (tails == null) {
      double width = Math.scalb(1.0, exponent);
      Tails t = new Tails(new double[BINS + 1], new double[BINS + 1], new double[BINS + 1]);
      for (int i = BINS - 1; i >= 0; i--) {
        double x = (i + 0.5) * width;
        t.counts[i] = t.counts[i + 1] + counts[i];
        t.sums[i] = t.sums[i + 1] + counts[i] * x;
        t.squares[i] = t.squares[i + 1] + counts[i] * x * x;
      }
      tails = t;
    }
    return tails;
  }
}
