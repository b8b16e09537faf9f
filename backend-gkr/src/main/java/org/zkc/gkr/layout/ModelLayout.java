package org.zkc.gkr.layout;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.zkc.gkr.circuit.CircuitTooLarge;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.mle.Mle;
import org.zkc.gkr.protocol.ProtocolConstants;
import org.zkc.gkr.relation.ConstraintSystem;
import org.zkc.gkr.relation.Holder;
import org.zkc.gkr.weight.TensorLayout;
import org.zkc.gkr.weight.Weight;

/**
 * The places of the MODEL tensors in the model matrix, in the circuit's order. A tensor [O, rest]
 * that fits in a row is one row. Any other has rows of {@code perRow} output channels, a power of
 * two that divides O, so that no row is partly padding; a claim about it must have eq at a point on
 * axis 0, whose first variables number the rows.
 */
public final class ModelLayout implements TensorRows {
  /**
   * The most rows. A proof opens whole columns, so one with more rows could not be read, and the
   * verifier makes a coefficient for each row.
   */
  private static final long MAX_ROWS = 1L << 26;

  /**
   * @param inRow the layout of one row: the whole tensor, or [perRow, rest]
   * @param perRow output channels in a row; O when the tensor is one row
   */
  public record Entry(int tensor, TensorLayout inRow, int perRow, int firstRow, int rows) {
    public boolean isSingleRow() {
      return rows == 1;
    }

    /** The variables of axis 0 that number the rows. */
    public int rowVariables() {
      return isSingleRow()
          ? 0
          : Mle.variables(rows * perRow) - Integer.numberOfTrailingZeros(perRow);
    }

    /** The point at which a claim on the tensor combines its rows: eq at a point on axis 0. */
    public Ext[] rowPoint(Weight weight) {
      return isSingleRow() ? new Ext[0] : Arrays.copyOf(weight.axisPoint(0), rowVariables());
    }

    /**
     * The weight of a claim within a row: the first variables of axis 0 choose the row, and the
     * others remain.
     */
    public Weight inRow(Weight weight) {
      if (isSingleRow()) {
        return weight;
      }
      Ext[] point = weight.axisPoint(0);
      return weight.withAxis(0, Arrays.copyOfRange(point, rowVariables(), point.length), perRow);
    }
  }

  private final int width;
  private final int rows;
  private final List<Entry> entries;
  private final Map<Integer, Entry> byTensor = new HashMap<>();

  private ModelLayout(int width, int rows, List<Entry> entries) {
    this.width = width;
    this.rows = rows;
    this.entries = List.copyOf(entries);
    for (Entry e : entries) {
      byTensor.put(e.tensor(), e);
    }
  }

  /**
   * The layout of a system's MODEL tensors, beside that of its witness.
   *
   * @throws CircuitTooLarge when a tensor's output channel is longer than any row, or there are too
   *     many rows
   */
  public static ModelLayout of(ConstraintSystem system, WitnessLayout witness) {
    List<Integer> model = system.heldBy(Holder.MODEL);
    if (model.isEmpty()) {
      return new ModelLayout(RowWidth.MIN, 0, List.of());
    }
    int width =
        RowWidth.widen(
            widthAlone(system),
            w -> rowVariables(system, model, w) + logClaims(system),
            w -> rows(system, model, w),
            witness.isEmpty()
                ? RowWidth.Beside.NONE
                : new RowWidth.Beside(witness.width(), witness.rowVariables()));
    ArrayList<Entry> entries = new ArrayList<>();
    int row = 0;
    for (int t : model) {
      List<Integer> shape = system.tensor(t).shape();
      int rows = rows(shape, width);
      int perRow = shape.get(0) / rows;
      ArrayList<Integer> inRow = new ArrayList<>(shape);
      inRow.set(0, perRow);
      if (row + (long) rows > MAX_ROWS) {
        throw new CircuitTooLarge(
            "more than " + MAX_ROWS + " rows of MODEL tensors, at " + width + " elements a row");
      }
      entries.add(new Entry(t, new TensorLayout(inRow), perRow, row, rows));
      row += rows;
    }
    return new ModelLayout(width, row, entries);
  }

  /**
   * The width of a system's rows before what stands beside them is known; they may become wider. 0
   * without MODEL tensors.
   *
   * @throws CircuitTooLarge when a tensor's output channel is longer than any row
   */
  public static int widthAlone(ConstraintSystem system) {
    List<Integer> model = system.heldBy(Holder.MODEL);
    if (model.isEmpty()) {
      return 0;
    }
    int least = RowWidth.MIN;
    int rowVariables = 0;
    for (int t : model) {
      List<Integer> shape = system.tensor(t).shape();
      // A vector is one row whatever its length, so nothing numbers its rows; of any other tensor
      // one output channel must fit.
      boolean vector = shape.size() == 1;
      List<Integer> one = vector ? shape : shape.subList(1, shape.size());
      least = Math.max(least, new TensorLayout(one).paddedLength());
      rowVariables = Math.max(rowVariables, vector ? 0 : Mle.variables(shape.get(0)));
    }
    return RowWidth.choose(least, rowVariables + logClaims(system), w -> rows(system, model, w));
  }

  private static long rows(ConstraintSystem system, List<Integer> model, int width) {
    long rows = 0;
    for (int t : model) {
      rows += rows(system.tensor(t).shape(), width);
    }
    return rows;
  }

  /** Variables that merge the claims on all MODEL tensors. */
  public static int logClaims(ConstraintSystem system) {
    long claims = 1;
    for (int t : system.heldBy(Holder.MODEL)) {
      claims += system.modelClaims(t);
    }
    return Math.min(
        Mle.variables((int) Math.min(claims, 1 << 30)), ProtocolConstants.LOG_MAX_CLAIMS);
  }

  /** The most variables that number the rows of one tensor at a width. */
  private static int rowVariables(ConstraintSystem system, List<Integer> model, int width) {
    int most = 0;
    for (int t : model) {
      List<Integer> shape = system.tensor(t).shape();
      int outputs = shape.get(0);
      int rows = rows(shape, width);
      if (rows > 1) {
        int perRow = Integer.numberOfTrailingZeros(outputs / rows);
        most = Math.max(most, Mle.variables(outputs) - perRow);
      }
    }
    return most;
  }

  private static int rows(List<Integer> shape, int width) {
    int rest = new TensorLayout(shape.subList(1, shape.size())).variables();
    int outputs = shape.get(0);
    if (1L << rest + Mle.variables(outputs) <= width) {
      return 1;
    }
    return outputs / Math.min(Integer.lowestOneBit(outputs), width >> rest);
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

  public List<Entry> entries() {
    return entries;
  }

  /** The entry of a MODEL tensor. */
  public Entry of(int tensor) {
    Entry e = byTensor.get(tensor);
    if (e == null) {
      throw new IllegalArgumentException("tensor " + tensor + " is not in the model");
    }
    return e;
  }

  @Override
  public boolean isEmpty() {
    return entries.isEmpty();
  }
}
