package org.zkc.gkr.circuit;

import java.util.Arrays;

/**
 * A public function on [first, first + size): the pairs (h, value(h)) that a {@link Requantize}
 * looks up.
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

  /** Explicit entries, each inside (-2^30, 2^30). */
  record Entries(long first, int[] values) implements Table {
    public Entries {
      values = values.clone();
    }

    @Override
    public int[] values() {
      return values.clone();
    }

    @Override
    public int size() {
      return values.length;
    }

    @Override
    public long value(int index) {
      return values[index];
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Entries e && e.first == first && Arrays.equals(e.values, values);
    }

    @Override
    public int hashCode() {
      return 31 * Long.hashCode(first) + Arrays.hashCode(values);
    }
  }
}
