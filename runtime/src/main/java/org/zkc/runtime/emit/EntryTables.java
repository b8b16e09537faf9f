package org.zkc.runtime.emit;

import java.util.Arrays;
import org.zkc.gkr.circuit.Table;
import org.zkc.ir.TensorData;

/** Tables of the backend from the entries of the circuit level. */
final class EntryTables {
  private EntryTables() {}

  /** The table stored by its bounds where it is a clamp or its excess, else by its entries. */
  static Table of(long first, TensorData entries) {
    int size = Math.toIntExact(entries.elementCount());
    int[] values = new int[size];
    long low = Long.MAX_VALUE;
    long high = Long.MIN_VALUE;
    for (int i = 0; i < size; i++) {
      values[i] = Math.toIntExact(entries.getLong(i));
      low = Math.min(low, values[i]);
      high = Math.max(high, values[i]);
    }
    Table clamp = new Table.Clamp(first, size, low, high);
    if (holds(clamp, values)) {
      return clamp;
    }
    Table excess =
        new Table.Excess(first, size, first - values[0], first + size - 1 - values[size - 1]);
    return holds(excess, values) ? excess : trimmed(first, values, size);
  }

  private static boolean holds(Table table, int[] values) {
    for (int i = 0; i < values.length; i++) {
      if (table.value(i) != values[i]) {
        return false;
      }
    }
    return true;
  }

  /**
   * The table on [0, size) whose rows behind the entries are all as the last of them, of which no
   * more are kept than differ.
   */
  static Table saturating(int size, TensorData entries) {
    int[] values = new int[Math.toIntExact(entries.elementCount())];
    entries.copyInts(0, values, 0, values.length);
    return trimmed(0, values, size);
  }

  /** The table without the entries that its ends repeat, which a key need not hold. */
  private static Table.Entries trimmed(long first, int[] values, int size) {
    int to = values.length;
    while (to > 1 && values[to - 1] == values[to - 2]) {
      to--;
    }
    int from = 0;
    while (from < to - 1 && values[from] == values[from + 1]) {
      from++;
    }
    return new Table.Entries(first, from, Arrays.copyOfRange(values, from, to), size);
  }
}
