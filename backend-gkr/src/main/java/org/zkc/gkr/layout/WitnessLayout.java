package org.zkc.gkr.layout;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.mle.Mle;
import org.zkc.gkr.relation.ConstraintSystem;
import org.zkc.gkr.relation.Holder;
import org.zkc.gkr.weight.Weight;

/**
 * The places of the committed tensors in the witness matrix, each in the order of its {@link
 * CellOrder cells}. A tensor whose table is longer than a row begins at a row of its own, and its
 * table is cut into rows of {@link #width}; rows that are zero by shape do not exist. The others,
 * and what long ones have left for a last row where that is less than half of it, share rows, the
 * longest first, each at a multiple of its table's length: in a network of many norms most tensors
 * are of a few hundred elements.
 */
public final class WitnessLayout implements TensorRows {
  /**
   * Cells of a tensor that follow each other: all of them, or those of a long one that fill rows,
   * or those that are left. Its own table is the tensor's, of which the cells left are no part, or
   * for these what lies behind {@code from}.
   *
   * @param order that of the tensor's cells
   * @param from the first cell, a multiple of the length of the column's table
   * @param length the cells up to the last that may be other than zero
   * @param start its table's first element, counted from its first row; other than 0 where it
   *     shares a row
   */
  public record Column(int tensor, CellOrder order, int from, int length, int start) {
    private static Column of(int tensor, CellOrder order) {
      return new Column(tensor, order, 0, order.layout().storedLength(), 0);
    }

    /** Whether these are the cells that a long tensor's rows have no room for. */
    public boolean isRest() {
      return from != 0;
    }

    /** The variables of the column's own table. */
    public int variables() {
      return isRest() ? Mle.variables(length) : order.layout().variables();
    }

    /** The variables of {@code table} that choose this column, at which the others are zero. */
    public int choosing(Table table) {
      return table.variables() - variables();
    }

    /**
     * The extension of the weight of a claim on the tensor, as one on the column's table.
     *
     * @param point of the column's variables
     */
    public Ext at(Weight weight, Ext[] point) {
      Ext[] whole = new Ext[order.layout().variables()];
      int fixed = whole.length - variables();
      for (int k = 0; k < fixed; k++) {
        whole[k] = (from >>> (whole.length - 1 - k) & 1) == 1 ? Ext.ONE : Ext.ZERO;
      }
      System.arraycopy(point, 0, whole, fixed, variables());
      return order.at(weight, whole);
    }

    private Column at(int newStart) {
      return new Column(tensor, order, from, length, newStart);
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
    // By their text, as the maker of a key could choose shapes whose hash codes are one.
    HashMap<String, CellOrder> orders = new HashMap<>();
    int most = 0;
    for (int tensor : system.heldBy(Holder.COMMITTED)) {
      List<Integer> shape = system.tensor(tensor).shape();
      CellOrder order = orders.computeIfAbsent(shape.toString(), s -> CellOrder.of(shape));
      Column column = Column.of(tensor, order);
      columns.add(column);
      most = Math.max(most, column.variables());
    }
    int longest = most;
    int width =
        RowWidth.chooseForWitness(
            modelWidth,
            w -> rowVariables(longest, w) + Mle.variables(Math.max(1, tables(columns, w))),
            w -> rows(columns, w));
    ArrayList<Table> tables = new ArrayList<>();
    int row = 0;
    List<Column> pieces = pieces(columns, width);
    for (Column c : pieces) {
      if (!isShort(c, width)) {
        int rows = rows(c, width);
        tables.add(new Table(c.variables(), row, rows, List.of(c)));
        row += rows;
      }
    }
    for (List<Column> shared : shared(pieces, width)) {
      Column last = shared.get(shared.size() - 1);
      int end = last.start() + (1 << last.variables());
      tables.add(new Table(Mle.variables(end), row, 1, shared));
      row++;
    }
    return new WitnessLayout(
        width, row, tables, Integer.numberOfTrailingZeros(width) + rowVariables(longest, width));
  }

  /** The columns, long ones in two where less than half a row is left of them. */
  private static List<Column> pieces(List<Column> columns, int width) {
    ArrayList<Column> out = new ArrayList<>();
    for (Column c : columns) {
      int rest = c.length() % width;
      if (isShort(c, width) || rest == 0 || 1 << Mle.variables(rest) > width / 2) {
        out.add(c);
      } else {
        int full = c.length() - rest;
        out.add(new Column(c.tensor(), c.order(), 0, full, 0));
        out.add(new Column(c.tensor(), c.order(), full, rest, 0));
      }
    }
    return out;
  }

  /**
   * The short columns of each row that they share. In the order of their lengths, which are powers
   * of two, each begins at a multiple of its own, and no place is left before the last.
   */
  private static List<List<Column>> shared(List<Column> pieces, int width) {
    ArrayList<List<Column>> out = new ArrayList<>();
    int end = width;
    for (int variables = Integer.numberOfTrailingZeros(width); variables >= 0; variables--) {
      for (Column c : pieces) {
        if (c.variables() != variables) {
          continue;
        }
        if (end == width) {
          out.add(new ArrayList<>());
          end = 0;
        }
        out.get(out.size() - 1).add(c.at(end));
        end += 1 << variables;
      }
    }
    return out;
  }

  /** Whether a column's table is no longer than a row. */
  private static boolean isShort(Column column, int width) {
    return column.variables() <= Integer.numberOfTrailingZeros(width);
  }

  /** The variables that number the rows of the longest table, which has {@code longest} of them. */
  private static int rowVariables(int longest, int width) {
    return Math.max(0, longest - Integer.numberOfTrailingZeros(width));
  }

  private static long rows(List<Column> columns, int width) {
    List<Column> pieces = pieces(columns, width);
    long rows = sharedRows(pieces, width);
    for (Column c : pieces) {
      rows += isShort(c, width) ? 0 : rows(c, width);
    }
    return rows;
  }

  private static int rows(Column column, int width) {
    return (column.length() + width - 1) / width;
  }

  private static int tables(List<Column> columns, int width) {
    List<Column> pieces = pieces(columns, width);
    long tables = sharedRows(pieces, width);
    for (Column c : pieces) {
      tables += isShort(c, width) ? 0 : 1;
    }
    return Math.toIntExact(tables);
  }

  private static long sharedRows(List<Column> pieces, int width) {
    long elements = 0;
    for (Column c : pieces) {
      elements += isShort(c, width) ? 1 << c.variables() : 0;
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

  /** The columns of all tables. */
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
