package org.zkc.gkr.circuit;

import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;

/**
 * Bounds of every element of an Affine relation's result while its terms are added up. The bounds
 * have three parts: one that all elements share, one that depends on an element's place along one
 * axis, and arrays over all elements where the first two do not suffice. Overflow of 64 bits is an
 * ArithmeticException. The caller checks sizes first ({@link CircuitCheck}).
 */
final class AffineBounds {
  private final List<Integer> shape;
  private final LongConsumer work;
  private long sharedLow;
  private long sharedHigh;
  // For each axis: empty until needed.
  private final long[][] axisLow;
  private final long[][] axisHigh;
  private long[] low = {};
  private long[] high = {};

  /**
   * @param work counts operations on single elements before they are carried out
   */
  AffineBounds(List<Integer> shape, LongConsumer work) {
    this.shape = shape;
    this.work = work;
    axisLow = new long[shape.size()][0];
    axisHigh = new long[shape.size()][0];
  }

  void addEverywhere(long l, long h) {
    sharedLow = Math.addExact(sharedLow, l);
    sharedHigh = Math.addExact(sharedHigh, h);
  }

  private void addAt(int axis, int k, long l, long h) {
    if (axisLow[axis].length == 0) {
      axisLow[axis] = new long[shape.get(axis)];
      axisHigh[axis] = new long[shape.get(axis)];
    }
    axisLow[axis][k] = Math.addExact(axisLow[axis][k], l);
    axisHigh[axis][k] = Math.addExact(axisHigh[axis][k], h);
  }

  private void add(int k, long l, long h) {
    if (low.length == 0) {
      int count = requireFew(shape);
      low = new long[count];
      high = new long[count];
    }
    low[k] = Math.addExact(low[k], l);
    high[k] = Math.addExact(high[k], h);
  }

  Interval interval() {
    if (low.length > 0) {
      spread(axisLow, low);
      spread(axisHigh, high);
      return new Interval(
          Math.addExact(sharedLow, Arrays.stream(low).min().getAsLong()),
          Math.addExact(sharedHigh, Arrays.stream(high).max().getAsLong()));
    }
    // Places along different axes are independent, so the extremes add.
    long least = sharedLow;
    long most = sharedHigh;
    for (int a = 0; a < axisLow.length; a++) {
      if (axisLow[a].length > 0) {
        least = Math.addExact(least, Arrays.stream(axisLow[a]).min().getAsLong());
        most = Math.addExact(most, Arrays.stream(axisHigh[a]).max().getAsLong());
      }
    }
    return new Interval(least, most);
  }

  /** Adds to all elements the parts that depend on their places. */
  private void spread(long[][] axes, long[] elements) {
    int inner = elements.length;
    for (int a = 0; a < axes.length; a++) {
      int extent = shape.get(a);
      inner /= extent;
      if (axes[a].length > 0) {
        for (int k = 0; k < elements.length; k++) {
          elements[k] = Math.addExact(elements[k], axes[a][k / inner % extent]);
        }
      }
    }
  }

  /**
   * Adds coefficient times a view of a source whose elements all lie in {@code source}: a result
   * element that sums them with weights that add up to P - N lies in [P low - N high, P high - N
   * low].
   *
   * @param negative whether any weight of the view is negative
   */
  void addWeighted(
      List<Integer> sourceShape,
      List<ViewStep> steps,
      boolean negative,
      Interval source,
      long coefficient) {
    AxisWeights byAxis = negative ? null : AxisWeights.of(sourceShape, steps);
    if (byAxis == null) {
      requireFew(sourceShape);
      requireFew(shape);
      if (!negative) {
        addWeights(counts(sourceShape, steps), new long[0], source, coefficient);
      } else {
        Signed signed = signedWeights(sourceShape, steps);
        addWeights(signed.positive(), signed.negative(), source, coefficient);
      }
      return;
    }
    long uniform = byAxis.uniform();
    if (uniform >= 0) {
      Interval bounds = weighted(uniform, 0, source, coefficient);
      addEverywhere(bounds.low(), bounds.high());
      return;
    }
    int axis = byAxis.onlyAxis();
    if (axis >= 0) {
      long[] along = byAxis.along(axis);
      for (int k = 0; k < along.length; k++) {
        Interval bounds = weighted(along[k], 0, source, coefficient);
        addAt(axis, k, bounds.low(), bounds.high());
      }
      return;
    }
    requireFew(shape);
    addWeights(byAxis.all(), new long[0], source, coefficient);
  }

  /**
   * Adds the source's bounds times the weights. An empty {@code negative} stands for no negative
   * weights.
   */
  private void addWeights(long[] positive, long[] negative, Interval source, long coefficient) {
    work.accept(4L * positive.length);
    for (int k = 0; k < positive.length; k++) {
      Interval bounds =
          weighted(positive[k], negative.length == 0 ? 0 : negative[k], source, coefficient);
      add(k, bounds.low(), bounds.high());
    }
  }

  /**
   * The number of elements of a shape. A number above the limit of bounds kept one by one is
   * refused.
   */
  private static int requireFew(List<Integer> shape) {
    int count = shape.stream().reduce(1, Math::multiplyExact);
    if (count > CircuitLimits.BOUNDED_ONE_BY_ONE) {
      throw new CircuitTooLarge(
          "more than "
              + CircuitLimits.BOUNDED_ONE_BY_ONE
              + " elements with bounds of their own in one result");
    }
    return count;
  }

  /** The sum of the weights for every result element. No weight is negative. */
  private long[] counts(List<Integer> shape, List<ViewStep> steps) {
    long[] out = new long[requireFew(shape)];
    Arrays.fill(out, 1);
    List<Integer> current = shape;
    for (ViewStep step : steps) {
      List<Integer> outcome = ViewSemantics.outcomeShape(current, step);
      requireFew(outcome);
      out = ViewSemantics.apply(out, current, step);
      current = outcome;
    }
    return out;
  }

  /** Sums of the positive weights, and of the negated negative ones. */
  // The record only carries a pair of arrays and is never compared.
  @SuppressWarnings("ArrayRecordComponent")
  private record Signed(long[] positive, long[] negative) {}

  /** Both sums for every result element. */
  private Signed signedWeights(List<Integer> sourceShape, List<ViewStep> steps) {
    List<Integer> shape = sourceShape;
    long[] plus = new long[requireFew(shape)];
    Arrays.fill(plus, 1);
    long[] minus = new long[plus.length];
    for (ViewStep step : steps) {
      List<Integer> outcome = ViewSemantics.outcomeShape(shape, step);
      requireFew(outcome);
      // Four passes over the elements where one would do without signs.
      work.accept(3L * (plus.length + ViewSemantics.work(shape, step)));
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
      shape = outcome;
    }
    return new Signed(plus, minus);
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

  private static Interval weighted(
      long positive, long negative, Interval source, long coefficient) {
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
    return new Interval(Math.min(a, b), Math.max(a, b));
  }

  /**
   * Adds the box's value to the elements inside it.
   *
   * @throws InvalidCircuit when the box is empty or not inside the result
   */
  void addInside(Affine.Box box) {
    requireInside(box);
    int last = shape.size() - 1;
    int[] cut =
        IntStream.rangeClosed(0, last)
            .filter(a -> box.starts().get(a) > 0 || box.limits().get(a) < shape.get(a))
            .toArray();
    if (cut.length == 0) {
      addEverywhere(box.value(), box.value());
      return;
    }
    if (cut.length == 1) {
      for (int k = box.starts().get(cut[0]); k < box.limits().get(cut[0]); k++) {
        addAt(cut[0], k, box.value(), box.value());
      }
      return;
    }
    // The box consists of runs along the last axis, one for every index of the other axes inside
    // it.
    work.accept(requireFew(shape));
    int[] starts = box.starts().stream().mapToInt(Integer::intValue).toArray();
    int[] limits = box.limits().stream().mapToInt(Integer::intValue).toArray();
    int[] index = starts.clone();
    int axis;
    do {
      int at = 0;
      for (int a = 0; a <= last; a++) {
        at = at * shape.get(a) + index[a];
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

  private void requireInside(Affine.Box box) {
    if (box.starts().size() != shape.size() || box.limits().size() != shape.size()) {
      throw new InvalidCircuit("a constant's box has another rank");
    }
    for (int a = 0; a < shape.size(); a++) {
      int start = box.starts().get(a);
      int limit = box.limits().get(a);
      if (start < 0 || start >= limit || limit > shape.get(a)) {
        throw new InvalidCircuit("a constant's box is empty or outside the result");
      }
    }
  }
}
