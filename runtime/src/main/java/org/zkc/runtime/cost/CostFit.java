package org.zkc.runtime.cost;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.zkc.passes.cost.ProverCosts;
import org.zkc.passes.cost.Work;

/**
 * Unit costs from measured proofs: for each stage the costs of at least 0 that make the sum over
 * the proofs of ((predicted - measured) / scale)^2 least, where scale is the measured stage plus a
 * tenth of the whole. Errors are relative, and a stage that hardly counts in a proof hardly counts
 * in its fit.
 */
public final class CostFit {
  private static final double SHARE_OF_WHOLE = 0.1;

  /**
   * How much a cost is held to its old value, as if a proof had been measured whose stage were this
   * work alone and counted so much: costs that the samples do not tell apart stay where they were.
   */
  private static final double PRIOR = 0.05;

  /** The same for costs that {@code zkc bench conv} measures, which see both forms of one shape. */
  private static final double PRIOR_OF_CONVOLUTIONS = 0.5;

  private static final Set<Work> OF_CONVOLUTIONS =
      EnumSet.of(
          Work.DENSE_MULTIPLICATION,
          Work.TRANSFORM_STEP,
          Work.SPECTRUM_PRODUCT,
          Work.WINDOW_CELL,
          Work.AXIS_TAP,
          Work.PROVED_TRANSFORM_STEP,
          Work.TRANSFORMED_TAP,
          Work.FREQUENCY);

  /** Far more than the few unknowns of a stage need. */
  private static final int SWEEPS = 20_000;

  private CostFit() {}

  /**
   * One measured proof.
   *
   * @param work amounts by {@link Work#label}
   * @param stages seconds by stage
   * @param memoryBytes peak of the process; 0 where it was not measured
   */
  public record Sample(Map<String, Double> work, Map<String, Double> stages, long memoryBytes) {}

  /**
   * Fits every stage to {@code samples}, beginning from {@code old}; work that no sample has keeps
   * its cost.
   */
  public static ProverCosts fit(List<Sample> samples, ProverCosts old) {
    EnumMap<Work, Double> units = new EnumMap<>(Work.class);
    for (String stage : Work.stages()) {
      List<Work> kinds = Work.of(stage);
      boolean isMemory = stage.equals(Work.MEMORY);
      List<Sample> used = samples.stream().filter(s -> !isMemory || s.memoryBytes() > 0).toList();
      int rows = used.size() + kinds.size();
      double[][] amounts = new double[rows][kinds.size()];
      double[] measured = new double[rows];
      double[] scale = new double[rows];
      for (int i = 0; i < used.size(); i++) {
        Sample s = used.get(i);
        for (int j = 0; j < kinds.size(); j++) {
          amounts[i][j] = s.work().getOrDefault(kinds.get(j).label(), 0.0);
        }
        double whole = s.stages().values().stream().mapToDouble(Double::doubleValue).sum();
        measured[i] = isMemory ? s.memoryBytes() : 1e9 * s.stages().getOrDefault(stage, 0.0);
        scale[i] = isMemory ? measured[i] : measured[i] + SHARE_OF_WHOLE * 1e9 * whole;
      }
      for (int j = 0; j < kinds.size(); j++) {
        double before = old.of(kinds.get(j));
        double prior = OF_CONVOLUTIONS.contains(kinds.get(j)) ? PRIOR_OF_CONVOLUTIONS : PRIOR;
        amounts[used.size() + j][j] = before == 0 ? 0 : prior;
        measured[used.size() + j] = prior * before;
        scale[used.size() + j] = before == 0 ? 1 : before;
      }
      double[] costs = leastSquares(amounts, measured, scale);
      for (int j = 0; j < kinds.size(); j++) {
        units.put(kinds.get(j), costs[j]);
      }
    }
    return new ProverCosts(units);
  }

  /**
   * The c >= 0 of least sum of ((amounts c - measured) / scale)^2, by coordinate descent, which
   * converges for this convex problem; 0 where a column is zero.
   */
  static double[] leastSquares(double[][] amounts, double[] measured, double[] scale) {
    int n = amounts.length == 0 ? 0 : amounts[0].length;
    double[] costs = new double[n];
    double[] norms = new double[n];
    double[] residual = new double[amounts.length];
    for (int i = 0; i < amounts.length; i++) {
      residual[i] = measured[i] / scale[i];
      for (int j = 0; j < n; j++) {
        norms[j] += amounts[i][j] * amounts[i][j] / (scale[i] * scale[i]);
      }
    }
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
      for (int j = 0; j < n; j++) {
        if (norms[j] == 0) {
          continue;
        }
        double gradient = 0;
        for (int i = 0; i < amounts.length; i++) {
          gradient += residual[i] * amounts[i][j] / scale[i];
        }
        double next = Math.max(0, costs[j] + gradient / norms[j]);
        double step = next - costs[j];
        costs[j] = next;
        for (int i = 0; i < amounts.length; i++) {
          residual[i] -= step * amounts[i][j] / scale[i];
        }
      }
    }
    return costs;
  }

  /** Seconds of the proof, or bytes under memory, that these costs give a sample. */
  public static double predicted(Sample sample, ProverCosts costs, boolean memory) {
    return Arrays.stream(Work.values())
            .filter(w -> w.stage().equals(Work.MEMORY) == memory)
            .mapToDouble(w -> costs.of(w, sample.work().getOrDefault(w.label(), 0.0)))
            .sum()
        / (memory ? 1 : 1e9);
  }
}
