package org.zkc.gkr.circuit;

import java.util.Arrays;
import java.util.List;

/**
 * Bounds of every element of a Linear relation's result while its terms are added up: what all
 * elements share, and arrays once they differ. Overflow of 64 bits is an ArithmeticException. Sizes
 * are the caller's to check first ({@link CircuitCheck}).
 */
final class LinearBounds {
  private final int count;
  private long sharedLow;
  private long sharedHigh;
  private long[] low = {};
  private long[] high = {};

  LinearBounds(int count) {
    this.count = count;
  }

  void addEverywhere(long l, long h) {
    sharedLow = Math.addExact(sharedLow, l);
    sharedHigh = Math.addExact(sharedHigh, h);
  }

  void add(int k, long l, long h) {
    if (low.length == 0) {
      low = new long[count];
      high = new long[count];
    }
    low[k] = Math.addExact(low[k], l);
    high[k] = Math.addExact(high[k], h);
  }

  Interval interval() {
    if (low.length == 0) {
      return new Interval(sharedLow, sharedHigh);
    }
    return new Interval(
        Math.addExact(sharedLow, Arrays.stream(low).min().getAsLong()),
        Math.addExact(sharedHigh, Arrays.stream(high).max().getAsLong()));
  }

  /**
   * Adds coefficient times a view of a source whose elements all lie in {@code source}: a result
   * element that sums them with weights that add up to P - N lies in [P low - N high, P high - N
   * low].
   *
   * @param negative whether any weight of the view is negative
   */
  void addWeighted(
      List<Integer> shape,
      List<ViewStep> steps,
      boolean negative,
      Interval source,
      long coefficient) {
    long[] positive = weights(shape, steps, 1);
    long[] negativePart = negative ? weights(shape, steps, -1) : new long[positive.length];
    for (int k = 0; k < positive.length; k++) {
      accumulate(k, positive[k], negativePart[k], source, coefficient);
    }
  }

  /**
   * For every result element the sum of the positive (sign 1) or of the negated negative (sign -1)
   * weights.
   */
  private static long[] weights(List<Integer> shape, List<ViewStep> steps, int sign) {
    long[] plus = new long[shape.stream().reduce(1, Math::multiplyExact)];
    Arrays.fill(plus, 1);
    long[] minus = new long[plus.length];
    for (ViewStep step : steps) {
      if (step instanceof ViewStep.Ranges r) {
        ViewStep.Ranges up = ranges(r, 1);
        ViewStep.Ranges down = ranges(r, -1);
        long[] newPlus =
            sum(ViewSemantics.apply(plus, shape, up), ViewSemantics.apply(minus, shape, down));
        minus = sum(ViewSemantics.apply(minus, shape, up), ViewSemantics.apply(plus, shape, down));
        plus = newPlus;
      } else {
        plus = ViewSemantics.apply(plus, shape, step);
        minus = ViewSemantics.apply(minus, shape, step);
      }
      shape = ViewSemantics.outcomeShape(shape, step);
    }
    return sign > 0 ? plus : minus;
  }

  private static ViewStep.Ranges ranges(ViewStep.Ranges r, int sign) {
    return new ViewStep.Ranges(
        r.axis(),
        r.starts(),
        r.lengths(),
        r.factors().stream().map(f -> Math.max(0, sign * f)).toList());
  }

  private static long[] sum(long[] a, long[] b) {
    for (int k = 0; k < a.length; k++) {
      a[k] = Math.addExact(a[k], b[k]);
    }
    return a;
  }

  private void accumulate(int k, long positive, long negative, Interval source, long coefficient) {
    long l =
        Math.subtractExact(
            Math.multiplyExact(positive, source.low()),
            Math.multiplyExact(negative, source.high()));
    long h =
        Math.subtractExact(
            Math.multiplyExact(positive, source.high()),
            Math.multiplyExact(negative, source.low()));
    long a = Math.multiplyExact(l, coefficient);
    long b = Math.multiplyExact(h, coefficient);
    add(k, Math.min(a, b), Math.max(a, b));
  }

  /** Adds the box's value to the elements inside it; the box lies inside the result. */
  void addInside(Linear.Box box, TensorDeclaration d) {
    // The box is runs along the last axis, one for every index of the others inside it.
    int[] starts = box.starts().stream().mapToInt(Integer::intValue).toArray();
    int[] limits = box.limits().stream().mapToInt(Integer::intValue).toArray();
    int last = d.rank() - 1;
    int[] index = starts.clone();
    int axis;
    do {
      int at = 0;
      for (int a = 0; a <= last; a++) {
        at = at * d.extent(a) + index[a];
      }
      for (int k = at; k < at + limits[last] - starts[last]; k++) {
        add(k, box.value(), box.value());
      }
      axis = last - 1;
      while (axis >= 0 && ++index[axis] == limits[axis]) {
        index[axis] = starts[axis];
        axis--;
      }
    } while (axis >= 0);
  }
}
