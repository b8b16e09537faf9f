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
    List<TensorLayout> layouts =
        system.heldBy(Holder.COMMITTED).stream()
            .map(t -> new TensorLayout(system.tensor(t).shape()))
            .toList();
    int longest = layouts.stream().mapToInt(TensorLayout::variables).max().orElse(0);
    int width =
        RowWidth.chooseForWitness(
            modelWidth,
            w -> rowVariables(longest, w) + Mle.variables(Math.max(1, layouts.size())),
            w -> layouts.stream().mapToLong(l -> rows(l, w)).sum());
    ArrayList<Column> columns = new ArrayList<>();
    int row = 0;
    for (int tensor : system.heldBy(Holder.COMMITTED)) {
      TensorLayout layout = new TensorLayout(system.tensor(tensor).shape());
      columns.add(new Column(tensor, layout, row, rows(layout, width)));
      row += rows(layout, width);
    }
    return new WitnessLayout(
        width, row, columns, Integer.numberOfTrailingZeros(width) + rowVariables(longest, width));
  }

  /** The variables that number the rows of the longest table, which has {@code longest} of them. */
  private static int rowVariables(int longest, int width) {
    return Math.max(0, longest - Integer.numberOfTrailingZeros(width));
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
