package org.zkc.gkr.layout;

import java.util.ArrayList;
import java.util.List;
import org.zkc.gkr.mle.Mle;
import org.zkc.gkr.relation.ConstraintSystem;
import org.zkc.gkr.relation.Holder;
import org.zkc.gkr.weight.TensorLayout;

/**
 * The places of the committed tensors in the witness matrix. A tensor whose table is longer than a
 * row begins at a row of its own, and its table is cut into rows of {@link #width}; rows that are
 * zero by shape do not exist. The others share rows, the longest first, each at a multiple of its
 * table's length: in a network of many norms most tensors are of a few hundred elements.
 */
public final class WitnessLayout implements TensorRows {
  /**
   * @param start its table's first element, counted from its first row; other than 0 where it
   *     shares a row
   */
  public record Column(int tensor, TensorLayout layout, int start) {
    /** The variables of {@code table} that choose this column, at which the others are zero. */
    public int choosing(Table table) {
      return table.variables() - layout.variables();
    }
  }

  /**
   * A table that the batch of claims takes as one: that of a long tensor, or a row that several
   * tensors share.
   *
   * @param variables those of its elements
   * @param firstRow its first row in the matrix
   * @param rows the rows that hold its elements
   * @param columns at least one, by their starts
   */
  public record Table(int variables, int firstRow, int rows, List<Column> columns) {
    public Table {
      columns = List.copyOf(columns);
    }

    /** The column with the last elements. */
    public Column last() {
      return columns.get(columns.size() - 1);
    }
  }

  private final int width;
  private final int rows;
  private final List<Table> tables;
  private final int variables;

  private WitnessLayout(int width, int rows, List<Table> tables, int variables) {
    this.width = width;
    this.rows = rows;
    this.tables = List.copyOf(tables);
    this.variables = variables;
  }

  /**
   * The layout of a system's committed tensors.
   *
   * @param modelWidth elements of a row of the model beside it, 0 when there is none
   */
  public static WitnessLayout of(ConstraintSystem system, int modelWidth) {
    ArrayList<Column> columns = new ArrayList<>();
    int most = 0;
    for (int tensor : system.heldBy(Holder.COMMITTED)) {
      TensorLayout layout = new TensorLayout(system.tensor(tensor).shape());
      columns.add(new Column(tensor, layout, 0));
      most = Math.max(most, layout.variables());
    }
    int longest = most;
    int width =
        RowWidth.chooseForWitness(
            modelWidth,
            w -> rowVariables(longest, w) + Mle.variables(Math.max(1, tables(columns, w))),
            w -> rows(columns, w));
    ArrayList<Table> tables = new ArrayList<>();
    int row = 0;
    for (Column c : columns) {
      if (!isShort(c, width)) {
        int rows = rows(c, width);
        tables.add(new Table(c.layout().variables(), row, rows, List.of(c)));
        row += rows;
      }
    }
    for (List<Column> shared : shared(columns, width)) {
      Column last = shared.get(shared.size() - 1);
      int end = last.start() + last.layout().paddedLength();
      tables.add(new Table(Mle.variables(end), row, 1, shared));
      row++;
    }
    return new WitnessLayout(
        width, row, tables, Integer.numberOfTrailingZeros(width) + rowVariables(longest, width));
  }

  /**
   * The short columns of each row that they share. In the order of their lengths, which are powers
   * of two, each begins at a multiple of its own, and no place is left before the last.
   */
  private static List<List<Column>> shared(List<Column> columns, int width) {
    ArrayList<List<Column>> out = new ArrayList<>();
    int end = width;
    for (int variables = Integer.numberOfTrailingZeros(width); variables >= 0; variables--) {
      for (Column c : columns) {
        if (c.layout().variables() != variables) {
          continue;
        }
        if (end == width) {
          out.add(new ArrayList<>());
          end = 0;
        }
        out.get(out.size() - 1).add(new Column(c.tensor(), c.layout(), end));
        end += 1 << variables;
      }
    }
    return out;
  }

  /** Whether a column's table is no longer than a row. */
  private static boolean isShort(Column column, int width) {
    return column.layout().variables() <= Integer.numberOfTrailingZeros(width);
  }

  /** The variables that number the rows of the longest table, which has {@code longest} of them. */
  private static int rowVariables(int longest, int width) {
    return Math.max(0, longest - Integer.numberOfTrailingZeros(width));
  }

  private static long rows(List<Column> columns, int width) {
    long rows = sharedRows(columns, width);
    for (Column c : columns) {
      rows += isShort(c, width) ? 0 : rows(c, width);
    }
    return rows;
  }

  private static int rows(Column column, int width) {
    return (column.layout().storedLength() + width - 1) / width;
  }

  private static int tables(List<Column> columns, int width) {
    long tables = sharedRows(columns, width);
    for (Column c : columns) {
      tables += isShort(c, width) ? 0 : 1;
    }
    return Math.toIntExact(tables);
  }

  private static long sharedRows(List<Column> columns, int width) {
    long elements = 0;
    for (Column c : columns) {
      elements += isShort(c, width) ? c.layout().paddedLength() : 0;
    }
    return (elements + width - 1) / width;
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

  /** The tables, by their rows. */
  public List<Table> tables() {
    return tables;
  }

  /** The columns of all tables; claims are merged in their order. */
  public List<Column> columns() {
    ArrayList<Column> out = new ArrayList<>();
    for (Table t : tables) {
      out.addAll(t.columns());
    }
    return out;
  }

  /**
   * Variables of the batch opening's sumcheck: those of the largest table, at least those of a row.
   */
  public int variables() {
    return variables;
  }

  /** The variables that number the rows of one table, and those that merge the tables. */
  public int rowVariables() {
    return variables - widthVariables() + Mle.variables(tables.size());
  }

  @Override
  public boolean isEmpty() {
    return tables.isEmpty();
  }
}
