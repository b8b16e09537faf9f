package org.zkc.gkr.prove;

import java.util.Arrays;
import org.zkc.gkr.layout.WitnessLayout;
import org.zkc.gkr.prove.commitment.RowSource;

/** The committed tensors as the rows of {@link WitnessLayout}; holds one tensor at a time. */
final class WitnessRows implements RowSource {
  private final WitnessLayout layout;
  private final TensorValues values;
  private final int[] firstRows;
  private int held = -1;
  private int[] stored = {};

  WitnessRows(WitnessLayout layout, TensorValues values) {
    this.layout = layout;
    this.values = values;
    firstRows = layout.columns().stream().mapToInt(WitnessLayout.Column::firstRow).toArray();
  }

  @Override
  public void fill(int row, int[] target, int at) {
    int found = Arrays.binarySearch(firstRows, row);
    int column = found >= 0 ? found : -found - 2;
    int from = (row - firstRows[column]) * layout.width();
    int[] table = table(column);
    System.arraycopy(table, from, target, at, Math.min(layout.width(), table.length - from));
  }

  // Rows are asked for about in order.
  private synchronized int[] table(int column) {
    if (held != column) {
      stored = values.committed(layout.columns().get(column).tensor());
      held = column;
    }
    return stored;
  }
}
