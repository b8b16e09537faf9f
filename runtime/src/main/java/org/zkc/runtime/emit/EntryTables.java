package org.zkc.runtime.emit;

import java.util.Arrays;
import org.zkc.gkr.circuit.Table;
import org.zkc.ir.TensorData;

/** Tables of the backend from the entries of the circuit level. */
final class EntryTables {
  private EntryTables() {}

  /** The table stored by its bounds where it is a clamp, else by its entries. */
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
    for (int i = 0; i < size; i++) {
      if (clamp.value(i) != values[i]) {
        return new Table.Entries(first, values);
      }
    }
    return clamp;
  }

  /**
   * The table on [0, size) whose rows behind the entries are all as the last of them, of which no
   * more are kept than differ.
   */
  static Table saturating(int size, TensorData entries) {
    int[] values = new int[Math.toIntExact(entries.elementCount())];
    entries.copyInts(0, values, 0, values.length);
    int given = values.length;
    while (given > 1 && values[given - 1] == values[given - 2]) {
      given--;
    }
    return new Table.Entries(0, Arrays.copyOf(values, given), size);
  }
}
