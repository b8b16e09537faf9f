package org.zkc.passes.quantize;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts of |x| in bins of equal width. The width is a power of two that doubles, bins merging in
 * pairs, when a greater element comes; so the counts are the same in whichever order elements come.
 * The first elements are kept as they are, and counted when a threshold is asked for: a large
 * program has many values of few elements, whose bins would be nearly all empty.
 */
final class MagnitudeHistogram {
  private static final int BINS = 1 << 11;

  /** Elements up to which there are no bins. */
  private static final int MOST_KEPT = 1 << 9;

  /** Clipping thresholds that are tried, as shares of the greatest magnitude. */
  private static final int CANDIDATES = 64;

  /** Contrasts that future inputs may have, between that of the samples and the margin's. */
  private static final int CONTRASTS = 4;

  /** All elements, while there are no bins. */
  private float[] kept = new float[0];

  private long @Nullable [] bins;
  private int exponent = Double.MIN_EXPONENT;
  private float greatest;
  private long total;
  private @Nullable Tails tails;

  /** Thresholds that were asked for: each precision that is tried asks again. */
  private final Map<Query, Double> thresholds = new HashMap<>(2);

  private record Query(double margin, double levels) {}

  /**
   * @param elements finite
   */
  void add(float[] elements) {
    tails = null;
    thresholds.clear();
    float most = greatest;
    for (float e : elements) {
      most = Math.max(most, Math.abs(e));
    }
    greatest = most;
    if (bins == null && total + elements.length <= MOST_KEPT) {
      kept = Arrays.copyOf(kept, kept.length + elements.length);
      System.arraycopy(elements, 0, kept, (int) total, elements.length);
    } else {
      bins = binned();
      count(elements, bins);
      kept = new float[0];
    }
    total += elements.length;
  }

  /** The bins of all elements so far, wide enough for the greatest magnitude. */
  private long[] binned() {
    long[] all = bins;
    int wanted = Math.max(Float.MIN_EXPONENT, Math.getExponent(greatest) + 1 - 11);
    if (all == null) {
      exponent = wanted;
      all = new long[BINS];
      count(kept, all);
      return all;
    }
    int steps = Math.min(wanted - exponent, Integer.SIZE - 1);
    for (int i = 0; i < BINS && steps > 0; i++) {
      long n = all[i];
      all[i] = 0;
      all[i >> steps] += n;
    }
    exponent = wanted;
    return all;
  }

  private void count(float[] elements, long[] into) {
    float perUnit = Math.scalb(1f, -exponent);
    for (float e : elements) {
      into[Math.min(BINS - 1, (int) (Math.abs(e) * perUnit))]++;
    }
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
    Tails t = tails();
    int from = t.from(Math.min(BINS, (int) Math.ceil(Math.max(0, threshold / width - 0.5))));
    double sum =
        t.squares[from] - 2 * threshold * t.sums[from] + threshold * threshold * t.counts[from];
    return total == 0 ? 0 : Math.max(0, sum) / total;
  }

  /**
   * Moments of the elements in the bins from each on.
   *
   * @param places of the bins that have elements, ascending
   * @param counts and other moments, with a last one of none
   */
  private record Tails(int[] places, double[] counts, double[] sums, double[] squares) {
    /** The first entry at a bin or behind it. */
    int from(int bin) {
      int at = Arrays.binarySearch(places, bin);
      return at < 0 ? -1 - at : at;
    }
  }

  private Tails tails() {
    if (tails == null) {
      long[] all = binned();
      int[] places = new int[BINS];
      int n = 0;
      for (int i = 0; i < BINS; i++) {
        if (all[i] > 0) {
          places[n++] = i;
        }
      }
      places = Arrays.copyOf(places, n);
      double width = Math.scalb(1.0, exponent);
      Tails t = new Tails(places, new double[n + 1], new double[n + 1], new double[n + 1]);
      for (int i = n - 1; i >= 0; i--) {
        double x = (places[i] + 0.5) * width;
        long count = all[places[i]];
        t.counts[i] = t.counts[i + 1] + count;
        t.sums[i] = t.sums[i + 1] + count * x;
        t.squares[i] = t.squares[i + 1] + count * x * x;
      }
      tails = t;
    }
    return tails;
  }
}
