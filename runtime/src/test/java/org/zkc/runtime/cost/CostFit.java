package org.zkc.runtime.cost;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.ToDoubleFunction;
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

  private static final int MEMORY_TURNS = 20;

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
  public record Sample(Map<String, Double> work, Map<String, Double> stages, long memoryBytes) {
    private double amount(Work kind) {
      return work.getOrDefault(kind.label(), 0.0);
    }
  }

  /**
   * Fits every stage to {@code samples}, beginning from {@code old}; work that no sample has keeps
   * its cost.
   */
  public static ProverCosts fit(List<Sample> samples, ProverCosts old) {
    EnumMap<Work, Double> units = new EnumMap<>(Work.class);
    for (String stage : Work.stages()) {
      Equations equations = new Equations(Work.of(stage));
      for (Sample s : samples) {
        double whole = s.stages().values().stream().mapToDouble(Double::doubleValue).sum();
        double measured = 1e9 * s.stages().getOrDefault(stage, 0.0);
        equations.add(s::amount, measured, measured + SHARE_OF_WHOLE * 1e9 * whole);
      }
      units.putAll(equations.solve(old));
    }
    units.putAll(memory(samples, old));
    return new ProverCosts(units);
  }

  /**
   * Fits the units of memory. The young generation's part is known for proofs that fill it. Which
   * proofs fill it follows from the costs, and the costs from these proofs: both are computed in
   * turn until they agree.
   */
  private static Map<Work, Double> memory(List<Sample> samples, ProverCosts old) {
    List<Work> kinds = Arrays.stream(Work.values()).filter(Work::isMemory).toList();
    EnumMap<Work, Double> units = new EnumMap<>(Work.class);
    kinds.forEach(w -> units.put(w, old.of(w)));
    Set<Sample> before = Set.of();
    for (int turn = 0; turn < MEMORY_TURNS; turn++) {
      Set<Sample> full = new HashSet<>();
      Equations equations = new Equations(kinds);
      for (Sample s : samples) {
        if (s.memoryBytes() == 0) {
          continue;
        }
        double young =
            Work.of(Work.YOUNG).stream()
                .mapToDouble(w -> Objects.requireNonNull(units.get(w)) * s.amount(w))
                .sum();
        if (young < ProverCosts.YOUNG_BYTES) {
          equations.add(s::amount, s.memoryBytes(), s.memoryBytes());
        } else {
          full.add(s);
          equations.add(
              w -> w.stage().equals(Work.YOUNG) ? 0 : s.amount(w),
              s.memoryBytes() - ProverCosts.YOUNG_BYTES,
              s.memoryBytes());
        }
      }
      units.putAll(equations.solve(old));
      if (turn > 0 && full.equals(before)) {
        break;
      }
      before = full;
    }
    return units;
  }

  /** One for each sample: the sum of its amounts times their costs is what was measured. */
  private static final class Equations {
    private final List<Work> kinds;
    private final List<double[]> amounts = new ArrayList<>();
    private final List<Double> measured = new ArrayList<>();
    private final List<Double> scales = new ArrayList<>();

    Equations(List<Work> kinds) {
      this.kinds = kinds;
    }

    void add(ToDoubleFunction<Work> amount, double value, double scale) {
      amounts.add(kinds.stream().mapToDouble(amount).toArray());
      measured.add(value);
      scales.add(scale);
    }

    /** Costs; what the equations do not tell apart stays near the old ones. */
    Map<Work, Double> solve(ProverCosts old) {
      for (Work kind : kinds) {
        double before = old.of(kind);
        double prior = OF_CONVOLUTIONS.contains(kind) ? PRIOR_OF_CONVOLUTIONS : PRIOR;
        add(w -> w == kind && before != 0 ? prior : 0, prior * before, before == 0 ? 1 : before);
      }
      double[] costs =
          leastSquares(amounts.toArray(double[][]::new), toArray(measured), toArray(scales));
      EnumMap<Work, Double> units = new EnumMap<>(Work.class);
      for (int j = 0; j < costs.length; j++) {
        units.put(kinds.get(j), costs[j]);
      }
      return units;
    }

    private static double[] toArray(List<Double> values) {
      return values.stream().mapToDouble(Double::doubleValue).toArray();
    }
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
    return memory
        ? costs.memoryBytes(sample::amount)
        : Work.stages().stream().mapToDouble(s -> costs.sum(s, sample::amount)).sum() / 1e9;
  }
}
