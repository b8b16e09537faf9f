package org.zkc.gkr.prove;

import java.util.Arrays;
import org.zkc.gkr.layout.WitnessLayout;
import org.zkc.gkr.prove.commitment.RowSource;

/** The committed tensors as the rows of {@link WitnessLayout}, read from where they are kept. */
final class WitnessRows implements RowSource {
  /** A column's elements, written as {@link TensorValues#committed} does. */
  @FunctionalInterface
  interface Elements {
    int copy(WitnessLayout.Column column, int from, int count, int[] out, int at);
  }

  private final WitnessLayout layout;
  private final TensorValues values;
  private final int[] firstRows;

  WitnessRows(WitnessLayout layout, TensorValues values) {
    this.layout = layout;
    this.values = values;
    firstRows = layout.tables().stream().mapToInt(WitnessLayout.Table::firstRow).toArray();
  }

  @Override
  public void fill(int row, int[] target, int at) {
    int found = Arrays.binarySearch(firstRows, row);
    int table = found >= 0 ? found : -found - 2;
    int from = (row - firstRows[table]) * layout.width();
    copy(layout.tables().get(table), values::committed, from, layout.width(), target, at);
  }

  /**
   * Writes elements [from, from + count) of a table, counted from the start of its first row, to
   * out[at, at + count), which holds zeros; returns how many may be other than zero, from the first
   * on. A column reaches to the next, the last one as far as it is asked for.
   */
  static int copy(
      WitnessLayout.Table table, Elements elements, int from, int count, int[] out, int at) {
    int written = 0;
    int columns = table.columns().size();
    for (int k = 0; k < columns; k++) {
      WitnessLayout.Column column = table.columns().get(k);
      int end = k + 1 < columns ? table.columns().get(k + 1).start() : from + count;
      int low = Math.max(from, column.start());
      int high = Math.min(from + count, end);
      if (low < high) {
        int some = elements.copy(column, low - column.start(), high - low, out, at + low - from);
        written = some > 0 ? low - from + some : written;
      }
    }
    return written;
  }
}
