package org.zkc.gkr.circuit;

import java.util.Arrays;

/**
 * A public function on [first, first + size): the pairs (h, value(h)) that a {@link Requantize} or
 * {@link Exponentials} look up.
 */
public sealed interface Table {
  long first();

  int size();

  /** The value at h = first + index. */
  long value(int index);

  /** value(h) = min(max(h, low), high), stored by its bounds. */
  record Clamp(long first, int size, long low, long high) implements Table {
    @Override
    public long value(int index) {
      return Math.min(Math.max(first + index, low), high);
    }
  }

  /**
   * value(h) = h - min(max(h, low), high), what a clamp takes off, stored by the clamp's bounds.
   */
  record Excess(long first, int size, long low, long high) implements Table {
    @Override
    public long value(int index) {
      long h = first + index;
      return h - Math.min(Math.max(h, low), high);
    }
  }

  /**
   * Explicit entries of successive rows, each inside (-2^30, 2^30). The first one is also the entry
   * of all rows before, the last one of all behind, as functions that saturate have them.
   *
   * @param start the row of the first explicit entry
   * @param values one at least, the last of them at row {@code size - 1} at most
   */
  record Entries(long first, int start, int[] values, int size) implements Table {
    public Entries {
      values = values.clone();
    }

    /** One entry for each row. */
    public Entries(long first, int[] values) {
      this(first, 0, values, values.length);
    }

    @Override
    public int[] values() {
      return values.clone();
    }

    /** The number of explicit entries. */
    public int given() {
      return values.length;
    }

    /** The explicit entry of this index. */
    public int given(int index) {
      return values[index];
    }

    @Override
    public long value(int index) {
      return values[Math.clamp((long) index - start, 0, values.length - 1)];
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Entries e
          && e.first == first
          && e.start == start
          && e.size == size
          && Arrays.equals(e.values, values);
    }

    @Override
    public int hashCode() {
      return 31 * (31 * (31 * Long.hashCode(first) + size) + start) + Arrays.hashCode(values);
    }
  }
}
