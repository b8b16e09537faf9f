package org.zkc.passes.integer;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.zkc.ir.FieldBounds;
import org.zkc.ir.Interval;

/**
 * A requantisation of sums that can reach far more than its clamp keeps, in two steps. Its table
 * would have a row for every h = (x + half) >> shift that x can reach. So x is first brought near
 * to what the clamp keeps: with t the coarse shift and H = (x + 2^(t-1)) >> t,
 *
 * <pre>
 *   x' = x - 2^t (H - clamp(H, low, high))
 * </pre>
 *
 * The coarse table has one row for each H. Where H lies in [low, high] x' is x; elsewhere x' is
 * beyond what the clamp keeps, on the same side. The bounds low and high are the least that do
 * that, so the requantisation of x' is that of x, and its table is short.
 *
 * @param shift the coarse shift t
 * @param coarse the values of H
 * @param kept those that stay as they are
 * @param left the interval of x'
 */
public record WideClamp(int shift, Interval coarse, Interval kept, Interval left) {
  /** The remainder of the coarse step is one limb. */
  private static final int MOST_SHIFT = 16;

  /**
   * The steps of a requantisation whose table would be too long, or would name two integers for a
   * residue, or empty where one table holds it.
   *
   * @param x what is requantised
   * @param result the bounds of the clamp
   */
  public static Optional<WideClamp> of(Interval x, int shift, Interval result) {
    return x.shiftRounded(shift).size() <= FieldBounds.MAX_TABLE_ROWS
            && TableWindow.isSound(x, shift)
        ? Optional.empty()
        : shortest(x, shift, result);
  }

  /** The steps with the fewest rows in both tables; empty where none fits its table. */
  public static Optional<WideClamp> shortest(Interval x, int shift, Interval result) {
    @Nullable WideClamp best = null;
    for (int t = shift + 1; t <= MOST_SHIFT; t++) {
      WideClamp candidate = at(t, x, shift, result);
      if (candidate.isShort(x, shift)
          && (best == null || candidate.rows(shift) <= best.rows(shift))) {
        best = candidate;
      }
    }
    return Optional.ofNullable(best);
  }

  private static WideClamp at(int t, Interval x, int shift, Interval result) {
    long half = shift == 0 ? 0 : 1L << (shift - 1);
    long coarseHalf = 1L << (t - 1);
    Interval coarse = x.shiftRounded(t);
    // x' beyond the upper bound: its least, 2^t high - coarseHalf, is requantised to the bound.
    long high = -Math.floorDiv(-((result.high() << shift) - half + coarseHalf), 1L << t);
    long low = Math.floorDiv((result.low() + 1 << shift) - half - coarseHalf, 1L << t);
    Interval kept =
        new Interval(
            Math.clamp(low, coarse.low(), coarse.high()),
            Math.clamp(high, coarse.low(), coarse.high()));
    Interval rows =
        new Interval((kept.low() << t) - coarseHalf, (kept.high() << t) + coarseHalf - 1);
    // A single row takes in what is beyond it on either side, with any remainder.
    Interval left =
        kept.size() == 1
            ? rows
            : new Interval(Math.max(x.low(), rows.low()), Math.min(x.high(), rows.high()));
    return new WideClamp(t, coarse, kept, left);
  }

  private boolean isShort(Interval x, int fine) {
    return coarse.size() <= FieldBounds.MAX_TABLE_ROWS
        && TableWindow.isSound(x, shift)
        && TableWindow.isSound(left, fine)
        && left.shiftRounded(fine).size() <= FieldBounds.MAX_TABLE_ROWS;
  }

  private long rows(int fine) {
    return coarse.size() + left.shiftRounded(fine).size();
  }

  /** The excess that is taken off H at each of its values. */
  public long[] excess() {
    long[] entries = new long[Math.toIntExact(coarse.size())];
    for (int i = 0; i < entries.length; i++) {
      long h = coarse.low() + i;
      entries[i] = h - Math.clamp(h, kept.low(), kept.high());
    }
    return entries;
  }
}
