package org.zkc.passes.quantize;

import java.util.List;
import java.util.function.BiFunction;
import org.zkc.ir.Program;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.ir.interpret.TensorInterpreter;
import org.zkc.passes.PassContext;

/**
 * Chooses how precise activations are: quantises with the least bits first, measures R^2 of the
 * outputs, and goes on to more precise candidates only while that is below {@link #TARGET}, while
 * it gains something, and while the table rows that come on top stay a small share of the lookups.
 * In the prover a row costs as much as a lookup.
 */
final class PrecisionSearch {
  /** R^2 that is good enough: what is missing to 1 is not worth table rows. */
  private static final double TARGET = 0.993;

  /** Below this, more precision may cost more rows than {@link #ROW_SHARE}. */
  private static final double POOR = 0.98;

  /**
   * The least gain of R^2 for which a more precise candidate is taken, and what as many rows as
   * lookups must gain.
   */
  private static final double GAIN = 0.001;

  private static final double GAIN_OF_DOUBLE_COST = 0.01;

  /**
   * Rows that a more precise candidate may add, as a share of the lookups of the least precise one.
   */
  private static final double ROW_SHARE = 0.1;

  /** Rows that are always allowed: about two milliseconds of the prover's time. */
  private static final long FREE_ROWS = 1 << 13;

  private static final List<Precision> MORE_PRECISE =
      List.of(Precision.COARSE, Precision.MEDIUM, Precision.FINE, Precision.FINEST);

  private static final int MOST_SAMPLES = 12;

  /**
   * Multiplications that measuring one candidate may take: the interpreter does about a billion in
   * a second.
   */
  private static final long BUDGET = 1_000_000_000;

  private static final long SEED = 0x70726563;

  private final Program tensor;
  private final Ranges ranges;
  private List<List<TensorData>> samples = List.of();
  private List<List<TensorData>> expected = List.of();

  PrecisionSearch(Program tensor, Ranges ranges) {
    this.tensor = tensor;
    this.ranges = ranges;
  }

  /**
   * @param lower the program at a precision; reports to the context
   * @throws UserException when the least precise candidate does not fit; more precise ones that do
   *     not are left out
   */
  QuantizedProgram cheapest(
      BiFunction<Precision, PassContext, QuantizedProgram> lower, PassContext context) {
    PassContext counts = new PassContext();
    QuantizedProgram best = lower.apply(Precision.LEAST, counts);
    LookupCost least = LookupCost.of(best.program());
    long rows = least.rows();
    double reached = measure(best.program());
    for (Precision precision : MORE_PRECISE) {
      if (reached >= TARGET) {
        break;
      }
      PassContext candidateCounts = new PassContext();
      QuantizedProgram candidate;
      try {
        candidate = lower.apply(precision, candidateCounts);
      } catch (UserException e) {
        break;
      }
      long candidateRows = LookupCost.of(candidate.program()).rows();
      if (reached >= POOR
          && candidateRows - least.rows() > Math.max(FREE_ROWS, ROW_SHARE * least.lookups())) {
        break;
      }
      double rSquared = measure(candidate.program());
      double share =
          (double) Math.max(0, candidateRows - rows - FREE_ROWS) / Math.max(1, least.lookups());
      if (rSquared > reached + GAIN + GAIN_OF_DOUBLE_COST * share) {
        best = candidate;
        rows = candidateRows;
        reached = rSquared;
        counts = candidateCounts;
      }
    }
    counts.statistics().forEach(context::count);
    return best;
  }

  /**
   * R^2 on the user's calibration samples, or on varied inputs where there are none. A program too
   * large to be measured, or one sample only, counts as {@link #POOR}, so that the least bits are
   * kept.
   */
  private double measure(Program integer) {
    int count =
        (int)
            Math.min(MOST_SAMPLES, BUDGET / Math.max(1, OutputCorrection.multiplications(integer)));
    if (!ranges.isDefaultNoise()) {
      count = Math.min(count, ranges.samples().size());
    }
    if (count < 2) {
      return POOR;
    }
    if (samples.isEmpty()) {
      prepare(count);
    }
    return FidelityReport.rSquared(integer, samples, expected);
  }

  private void prepare(int count) {
    if (ranges.isDefaultNoise()) {
      samples = new VariedInputs(SEED).samples(tensor.main().parameters(), count);
      TensorInterpreter reference = new TensorInterpreter(tensor);
      expected = samples.stream().map(s -> reference.run(s, (value, elements) -> {})).toList();
    } else {
      samples = ranges.samples().subList(0, count);
      expected = ranges.outputs().subList(0, count);
    }
  }
}
