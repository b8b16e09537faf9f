package org.zkc.passes.quantize;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Uses;
import org.zkc.ir.Value;
import org.zkc.passes.tensor.ScaleColumns;

/**
 * Units of the columns of tables. An input [rows, columns] whose columns differ by orders of
 * magnitude is read in units of powers of two, one per column, so that every column keeps its bits.
 *
 * @param units per input of the program, one per column; an empty list where one unit is right for
 *     all
 */
public record ColumnScales(List<List<Double>> units) {
  /** The ratio of the greatest to the least column below which all columns share a unit. */
  private static final double ALIKE = 8;

  /** The most columns of a table. */
  private static final int MOST_COLUMNS = 1 << 12;

  /** Bits of a table of few columns; the first map's accumulator has room for these. */
  private static final int MOST_BITS = 16;

  /** Bits of a table's integers and of the number of its columns together. */
  private static final int BITS_AND_COLUMNS = 20;

  public ColumnScales {
    units = units.stream().map(List::copyOf).toList();
  }

  /**
   * Chooses units from what columns reach.
   *
   * @param samples each with one tensor per input; none: one unit for all
   */
  public static ColumnScales of(Program tensor, List<List<TensorData>> samples) {
    List<List<Double>> units = new ArrayList<>();
    Uses uses = Uses.of(tensor.main());
    for (int i = 0; i < tensor.main().parameters().size(); i++) {
      Value input = tensor.main().parameters().get(i);
      Shape shape = input.shape();
      boolean isTable =
          shape.rank() == 2
              && shape.extent(1) > 1
              && shape.extent(1) <= MOST_COLUMNS
              && input.tensorType().dtype().isFloating()
              && !uses.isYielded(input);
      units.add(isTable ? units(shape.extent(1), i, samples) : List.of());
    }
    return new ColumnScales(units);
  }

  private static List<Double> units(int columns, int input, List<List<TensorData>> samples) {
    double[] most = new double[columns];
    for (List<TensorData> sample : samples) {
      double[] x = sample.get(input).toDoubles();
      for (int k = 0; k < x.length; k++) {
        most[k % columns] = Math.max(most[k % columns], Math.abs(x[k]));
      }
    }
    double least = Double.POSITIVE_INFINITY;
    double greatest = 0;
    for (double m : most) {
      least = m > 0 ? Math.min(least, m) : least;
      greatest = Math.max(greatest, m);
    }
    if (greatest == 0 || Double.isInfinite(greatest) || greatest / least < ALIKE) {
      return List.of();
    }
    List<Double> units = new ArrayList<>();
    for (double m : most) {
      // A column that was 0 throughout may reach whatever others do.
      units.add(Math.scalb(1.0, Math.getExponent(m > 0 ? m : greatest) + 1));
    }
    return units;
  }

  /** Whether every input has one unit. */
  public boolean isPlain() {
    return units.stream().allMatch(List::isEmpty);
  }

  /** The program that reads inputs in these units. */
  public Program apply(Program tensor) {
    Map<Value, double[]> scales = new IdentityHashMap<>();
    for (int i = 0; i < units.size(); i++) {
      if (!units.get(i).isEmpty()) {
        scales.put(
            tensor.main().parameters().get(i), units.get(i).stream().mapToDouble(u -> u).toArray());
      }
    }
    return ScaleColumns.apply(tensor, scales);
  }

  /** The sample in these units; powers of two, so nothing is rounded but what underflows. */
  public List<TensorData> apply(List<TensorData> sample) {
    List<TensorData> out = new ArrayList<>();
    for (int i = 0; i < sample.size(); i++) {
      List<Double> own = units.get(i);
      if (own.isEmpty()) {
        out.add(sample.get(i));
        continue;
      }
      float[] x = sample.get(i).toFloats();
      for (int k = 0; k < x.length; k++) {
        x[k] = (float) (x[k] / own.get(k % own.size()));
      }
      out.add(TensorData.ofFloats(sample.get(i).shape(), x));
    }
    return out;
  }

  /** The least bits of an input, whose integers are public and not committed; 0 for no table. */
  public int bits(int input) {
    int columns = units.get(input).size();
    int log = Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(0, columns - 1));
    return columns == 0
        ? 0
        : Math.clamp(BITS_AND_COLUMNS - log, ScaleClasses.INPUT_BITS, MOST_BITS);
  }
}
