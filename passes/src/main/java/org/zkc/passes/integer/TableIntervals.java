package org.zkc.passes.integer;

import org.zkc.ir.Interval;
import org.zkc.ir.TensorData;

/** Intervals of table lookups. */
public final class TableIntervals {
  private TableIntervals() {}

  /** How many integers there are in {@code interval}: the rows of a table that covers it. */
  public static long rows(Interval interval) {
    return interval.high() - interval.low() + 1;
  }

  /** Of entries[clamp(x, first, first + n - 1) - first] for x in {@code input}. */
  public static Interval of(Interval input, long first, TensorData entries) {
    Interval index = input.clamp(first, first + entries.elementCount() - 1);
    long low = Long.MAX_VALUE;
    long high = Long.MIN_VALUE;
    for (long x = index.low(); x <= index.high(); x++) {
      long entry = entries.getLong(x - first);
      low = Math.min(low, entry);
      high = Math.max(high, entry);
    }
    return new Interval(low, high);
  }
}
