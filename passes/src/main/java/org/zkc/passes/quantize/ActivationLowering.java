package org.zkc.passes.quantize;

import org.zkc.ir.Interval;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Activation;
import org.zkc.ir.tensor.Elementwise;
import org.zkc.ir.tensor.FakeQuantize;
import org.zkc.ir.tensor.Pointwise;
import org.zkc.passes.integer.IntegerBuilder;

/** Functions of one variable: clamps as the bounds of a requantisation, others as tables. */
final class ActivationLowering {
  /** The most steps on each side in the table of a function without bounds. */
  private static final int MOST_TABLE_STEPS = 1 << 13;

  /** The same where precision is generous. */
  private static final int GENEROUS_TABLE_STEPS = 1 << 14;

  /**
   * So many bits less than the result's magnitude has the input of a function without bounds: those
   * of the result cost no rows.
   */
  private static final int COARSER_INPUT = 2;

  /** Bits that the input of such a function keeps where its table is larger than its program. */
  private static final int SPARED_BITS = 8;

  /** Scale of results of tables that are outputs of the program: 15 bits and sign. */
  private static final int OUTPUT_TABLE_BITS = 16;

  /** Bits of the input of a function whose results are compared, or rounded to whole numbers. */
  private static final int COMPARED_BITS = 12;

  private final IntegerValues values;
  private final Accumulators accumulators;
  private final Ranges ranges;
  private final Precision precision;
  private final WeightCache cache;
  private final PointwiseLowering pointwise;
  private final StepLowering steps;

  ActivationLowering(
      IntegerValues values,
      Accumulators accumulators,
      Ranges ranges,
      Precision precision,
      WeightCache cache) {
    this.values = values;
    this.cache = cache;
    this.accumulators = accumulators;
    this.ranges = ranges;
    this.precision = precision;
    this.pointwise = new PointwiseLowering(values, accumulators, ranges, precision);
    this.steps = new StepLowering(values, accumulators);
  }

  /** A clamp, or a ReLU, of the op's input. */
  Value clamp(Elementwise op, double low, double high) {
    if (values.analysis().isDeferred(op.input())) {
      Quantum q = values.classes().quantum(op.result());
      return accumulators.requantized(
          op.input(), q, q.least(low), q.greatest(low, high), op.location());
    }
    Value integers = values.exactly(op.input());
    Quantum q =
        values
            .classes()
            .aligned(
                op.result(),
                integers.integerType().scale(),
                IntegerBuilder.interval(integers).magnitude());
    return Rescaling.apply(values.out(), integers, q, q.least(low), q.greatest(low, high));
  }

  /** The input on the grid of the op: its steps are the integers. */
  Value onGrid(FakeQuantize op) {
    Quantum grid = new Quantum(op.scale(), op.low(), op.high());
    if (values.analysis().isDeferred(op.input())) {
      return accumulators.requantized(op.input(), grid, grid.low(), grid.high(), op.location());
    }
    Value integers = values.exactly(op.input());
    Interval interval = IntegerBuilder.interval(integers);
    boolean isOnGrid =
        integers.integerType().scale() == grid.scale()
            && interval.low() >= grid.low()
            && interval.high() <= grid.high();
    return isOnGrid
        ? integers
        : Rescaling.apply(values.out(), integers, grid, grid.low(), grid.high());
  }

  /** The function, by its steps where it has such, else by a table. */
  Value activation(Activation op) {
    return op instanceof Pointwise p && StepLowering.isStep(p)
        ? steps.of(p).orElseGet(() -> table(op))
        : table(op);
  }

  private Value table(Activation op) {
    Quantum q = values.classes().quantum(op.result());
    if (values.analysis().isOutput(op.result())
        || values.analysis().decisive().isCompared(op.result())) {
      long high = 1L << (OUTPUT_TABLE_BITS - 1);
      double range = op.range().isBounded() ? op.range().magnitude() : q.scale() * q.high();
      q = new Quantum(range / high, -high, high);
    }
    if (values.analysis().isIntegral(op.result())) {
      long most = (long) values.analysis().bounds(op.result()).magnitude();
      q = new Quantum(1, -most, most);
    }
    PointwiseLowering.TableInput input =
        Double.isFinite(op.steepest()) ? steady(op) : pointwise.of(op);
    Value x = input.integers();
    TableEntries entries = cache.table(op, x.integerType().scale(), input.first(), input.last(), q);
    return values.out().table(x, entries.first(), entries.data(), q.scale());
  }

  /** The table's input, for a function whose steepest slope is known. */
  private PointwiseLowering.TableInput steady(Activation op) {
    Value integers;
    if (values.analysis().isDeferred(op.input())) {
      double sums = accumulators.reach(op.input());
      double step = tableStep(op, sums);
      while (step < Accumulators.leastStep(sums)) {
        step *= 2;
      }
      long reach = (long) (tableEnd(op, step) / step);
      integers =
          accumulators.requantized(
              op.input(), new Quantum(step, -reach, reach), -reach, reach, op.location());
    } else {
      integers = values.narrow(op.input(), IntegerValues.NARROW);
    }
    Interval interval = IntegerBuilder.interval(integers);
    return new PointwiseLowering.TableInput(integers, interval.low(), interval.high());
  }

  /**
   * The scale of a table's input: a power of two, so that layers share tables, and fine enough for
   * the result's precision.
   *
   * @param sums the greatest magnitude of the input's sums
   */
  private double tableStep(Activation op, double sums) {
    double range = resultRange(op, values.classes().quantum(op.result()));
    int bits = precision.ofTableInput(range, ranges.of(op.result()).variation());
    if (values.analysis().decisive().isCompared(op.result())) {
      bits = Math.max(bits, COMPARED_BITS);
    }
    int least = Math.max(bits, SPARED_BITS);
    if (!op.range().isBounded()) {
      long high = values.classes().quantum(op.result()).high();
      int wide = Long.SIZE - Long.numberOfLeadingZeros(high);
      boolean isFine =
          values.analysis().decisive().isDecisive(op.result()) || precision.isGenerous();
      bits = Math.max(bits, isFine ? wide : wide - COARSER_INPUT);
    }
    int whole = (int) Math.floor(StrictMath.log(range / op.steepest()) / StrictMath.log(2));
    while (bits > least && values.classes().isWasteful(sums / Math.scalb(1.0, whole - bits))) {
      bits--;
    }
    return Math.scalb(1.0, whole - bits);
  }

  /**
   * The greatest magnitude of a function's results: that of its range, where it shares its scale
   * with others that are larger, as in a concatenation.
   */
  static double resultRange(Activation op, Quantum result) {
    double held = result.scale() * result.high();
    return op.range().isBounded() ? Math.min(held, op.range().magnitude()) : held;
  }

  /** The greatest magnitude of a table's input, before ends that do not change are cut off. */
  private double tableEnd(Activation op, double step) {
    return Double.isFinite(op.saturation())
        ? op.saturation()
        : Math.min(
            values.classes().greatest(op.input()),
            step * (precision.isGenerous() ? GENEROUS_TABLE_STEPS : MOST_TABLE_STEPS));
  }
}
