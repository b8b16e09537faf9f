package org.zkc.gkr.prove;

import java.util.Arrays;
import org.zkc.gkr.layout.WitnessLayout;
import org.zkc.gkr.prove.commitment.RowSource;

/** The committed tensors as the rows of {@link WitnessLayout}, read from where they are kept. */
final class WitnessRows implements RowSource {
  private final WitnessLayout layout;
  private final TensorValues values;
  private final int[] firstRows;

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
    values.committed(layout.columns().get(column), from, layout.width(), target, at);
  }
}
