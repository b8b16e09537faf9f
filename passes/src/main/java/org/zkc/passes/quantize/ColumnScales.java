package org.zkc.passes.quantize;

import java.util.ArrayList;
import java.util.Arrays;
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
 * Units of the columns of inputs. An input whose columns differ by orders of magnitude is read in
 * units of powers of two, one per column, so that every column keeps its bits. Columns are the
 * indices on the last axis of tables, vectors and sequences of features, and on axis 1 of sequences
 * and images of channels.
 *
 * @param inputs per input of the program
 */
public record ColumnScales(List<Units> inputs) {
  /**
   * The units of one input.
   *
   * @param axis of the columns
   * @param units one per column; empty where one unit is right for all
   * @param run consecutive elements of one column
   */
  public record Units(int axis, List<Double> units, int run) {
    /** One unit for all elements. */
    public static final Units ONE = new Units(0, List.of(), 1);

    public Units {
      units = List.copyOf(units);
    }

    private double of(int element) {
      return units.get(element / run % units.size());
    }
  }

  /** The ratio of the greatest to the least column below which all columns share a unit. */
  private static final double ALIKE = 8;

  /** The allowed probability that any column has a unit that is too small. */
  private static final double CHANCE = 0.01;

  /** The density of numbers near 0, relative to a uniform distribution over their range. */
  private static final double DENSITY = 4;

  /** The most columns of a table. */
  private static final int MOST_COLUMNS = 1 << 12;

  /** Bits of a table of few columns; the first map's accumulator has room for these. */
  private static final int MOST_BITS = 16;

  /** Bits of a table's integers and of the number of its columns together. */
  private static final int BITS_AND_COLUMNS = 20;

  public ColumnScales {
    inputs = List.copyOf(inputs);
  }

  /**
   * Chooses units from what columns reach.
   *
   * @param samples each with one tensor per input; none: one unit for all
   */
  public static ColumnScales of(Program tensor, List<List<TensorData>> samples) {
    List<Units> units = new ArrayList<>();
    Uses uses = Uses.of(tensor.main());
    for (int i = 0; i < tensor.main().parameters().size(); i++) {
      Value input = tensor.main().parameters().get(i);
      boolean isReal =
          input.tensorType().dtype().isFloating() && !uses.isYielded(input) && !samples.isEmpty();
      units.add(isReal ? of(tensor, input, i, samples) : Units.ONE);
    }
    return new ColumnScales(units);
  }

  /** The units of the axis whose columns are least alike, if maps absorb them. */
  private static Units of(Program tensor, Value input, int index, List<List<TensorData>> samples) {
    Shape shape = input.shape();
    Units best = Units.ONE;
    double greatest = ALIKE;
    for (int axis : axes(shape.rank())) {
      if (shape.extent(axis) == 1 || shape.extent(axis) > MOST_COLUMNS) {
        continue;
      }
      double[] most = reached(shape, axis, index, samples);
      double ratio = ratio(most);
      Units units = new Units(axis, units(most), (int) shape.strides()[axis]);
      if (ratio >= greatest && (shape.rank() == 2 || isAbsorbed(tensor, input, units))) {
        best = units;
        greatest = ratio;
      }
    }
    return best;
  }

  /** The axes that columns may be on. */
  private static List<Integer> axes(int rank) {
    return switch (rank) {
      case 0 -> List.of();
      case 1, 2 -> List.of(rank - 1);
      case 3 -> List.of(2, 1);
      default -> List.of(1);
    };
  }

  private static boolean isAbsorbed(Program tensor, Value input, Units units) {
    return ScaleColumns.spread(tensor, Map.of(input, columns(units))) < ALIKE;
  }

  private static ScaleColumns.Columns columns(Units units) {
    return new ScaleColumns.Columns(units.axis, units.units.stream().mapToDouble(u -> u).toArray());
  }

  /**
   * The magnitude that each column reaches: the greatest seen in the column, or that of all columns
   * where too few numbers other than 0 were seen to show that the column's own magnitude is less.
   * All of n numbers from one range are below its k-th part with a probability of about (k /
   * DENSITY)^-n.
   */
  private static double[] reached(
      Shape shape, int axis, int input, List<List<TensorData>> samples) {
    double[] most = new double[shape.extent(axis)];
    int[] seen = new int[most.length];
    int run = (int) shape.strides()[axis];
    for (List<TensorData> sample : samples) {
      double[] x = sample.get(input).toDoubles();
      for (int k = 0; k < x.length; k++) {
        int column = k / run % most.length;
        most[column] = Math.max(most[column], Math.abs(x[k]));
        seen[column] += x[k] == 0 ? 0 : 1;
      }
    }
    double greatest = Arrays.stream(most).max().orElse(0);
    for (int column = 0; column < most.length; column++) {
      double part =
          seen[column] == 0
              ? 0
              : StrictMath.pow(CHANCE / most.length, 1.0 / seen[column]) / DENSITY;
      if (most[column] >= greatest * part) {
        most[column] = greatest;
      }
    }
    return most;
  }

  /** The ratio of the greatest column to the least one that is not 0. */
  private static double ratio(double[] most) {
    double greatest = Arrays.stream(most).max().orElse(0);
    double least = Arrays.stream(most).filter(m -> m > 0).min().orElse(1);
    return greatest == 0 || Double.isInfinite(greatest) ? 1 : greatest / least;
  }

  private static List<Double> units(double[] most) {
    List<Double> units = new ArrayList<>();
    for (double m : most) {
      units.add(Math.scalb(1.0, Math.getExponent(m) + 1));
    }
    return units;
  }

  /** Whether every input has one unit. */
  public boolean isPlain() {
    return inputs.stream().allMatch(u -> u.units.isEmpty());
  }

  /** The program that reads inputs in these units. */
  public Program apply(Program tensor) {
    Map<Value, ScaleColumns.Columns> scales = new IdentityHashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      if (!inputs.get(i).units.isEmpty()) {
        scales.put(tensor.main().parameters().get(i), columns(inputs.get(i)));
      }
    }
    return ScaleColumns.apply(tensor, scales);
  }

  /** The sample in these units; powers of two, so nothing is rounded but what underflows. */
  public List<TensorData> apply(List<TensorData> sample) {
    List<TensorData> out = new ArrayList<>();
    for (int i = 0; i < sample.size(); i++) {
      Units own = inputs.get(i);
      if (own.units.isEmpty()) {
        out.add(sample.get(i));
        continue;
      }
      float[] x = sample.get(i).toFloats();
      for (int k = 0; k < x.length; k++) {
        x[k] = (float) (x[k] / own.of(k));
      }
      out.add(TensorData.ofFloats(sample.get(i).shape(), x));
    }
    return out;
  }

  /** The least bits of a table, whose integers are public and not committed; 0 for no table. */
  public int bits(Program tensor, int input) {
    if (tensor.main().parameters().get(input).shape().rank() != 2) {
      return 0;
    }
    int columns = inputs.get(input).units.size();
    int log = Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(0, columns - 1));
    return columns == 0 ? 0 : Math.clamp(BITS_AND_COLUMNS - log, InputBits.LEAST, MOST_BITS);
  }
}
