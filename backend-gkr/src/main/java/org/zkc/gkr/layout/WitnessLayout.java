package org.zkc.gkr.layout;

import java.util.ArrayList;
import java.util.List;
import org.zkc.gkr.mle.Mle;
import org.zkc.gkr.relation.ConstraintSystem;
import org.zkc.gkr.relation.Holder;
import org.zkc.gkr.weight.TensorLayout;

/**
 * The places of the committed tensors in the witness matrix. Each begins at a row of its own, and
 * its table is cut into rows of {@link #width}; rows that are zero by shape do not exist. A table
 * shorter than a row sits at its start.
 */
public final class WitnessLayout implements TensorRows {
  /**
   * @param firstRow its first row in the matrix
   * @param rows the rows that hold its stored prefix
   */
  public record Column(int tensor, TensorLayout layout, int firstRow, int rows) {}

  private final int width;
  private final int rows;
  private final List<Column> columns;
  private final int variables;

  private WitnessLayout(int width, int rows, List<Column> columns, int variables) {
    this.width = width;
    this.rows = rows;
    this.columns = List.copyOf(columns);
    this.variables = variables;
  }

  /**
   * The layout of a system's committed tensors.
   *
   * @param modelWidth elements of a row of the model beside it, 0 when there is none
   */
  public static WitnessLayout of(ConstraintSystem system, int modelWidth) {
    List<Integer> committed = system.heldBy(Holder.COMMITTED);
    ArrayList<TensorLayout> layouts = new ArrayList<>();
    int most = 0;
    for (int tensor : committed) {
      TensorLayout layout = new TensorLayout(system.tensor(tensor).shape());
      layouts.add(layout);
      most = Math.max(most, layout.variables());
    }
    int longest = most;
    int width =
        RowWidth.chooseForWitness(
            modelWidth,
            w -> rowVariables(longest, w) + Mle.variables(Math.max(1, layouts.size())),
            w -> rows(layouts, w));
    ArrayList<Column> columns = new ArrayList<>();
    int row = 0;
    for (int k = 0; k < layouts.size(); k++) {
      int rows = rows(layouts.get(k), width);
      columns.add(new Column(committed.get(k), layouts.get(k), row, rows));
      row += rows;
    }
    return new WitnessLayout(
        width, row, columns, Integer.numberOfTrailingZeros(width) + rowVariables(longest, width));
  }

  /** The variables that number the rows of the longest table, which has {@code longest} of them. */
  private static int rowVariables(int longest, int width) {
    return Math.max(0, longest - Integer.numberOfTrailingZeros(width));
  }

  private static long rows(List<TensorLayout> layouts, int width) {
    long rows = 0;
    for (TensorLayout layout : layouts) {
      rows += rows(layout, width);
    }
    return rows;
  }

  private static int rows(TensorLayout layout, int width) {
    return (layout.storedLength() + width - 1) / width;
  }

  @Override
  public int width() {
    return width;
  }

  public int widthVariables() {
    return Integer.numberOfTrailingZeros(width);
  }

  @Override
  public int rows() {
    return rows;
  }

  public List<Column> columns() {
    return columns;
  }

  /**
   * Variables of the batch opening's sumcheck: those of the largest table, at least those of a row.
   */
  public int variables() {
    return variables;
  }

  /** The variables that number the rows of one column, and those that merge the columns. */
  public int rowVariables() {
    return variables - widthVariables() + Mle.variables(columns.size());
  }

  @Override
  public boolean isEmpty() {
    return columns.isEmpty();
  }
}
