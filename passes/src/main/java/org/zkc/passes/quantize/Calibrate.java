package org.zkc.passes.quantize;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.zkc.ir.Op;
import org.zkc.ir.Program;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.interpret.TensorInterpreter;
import org.zkc.ir.kernel.LoopChoice;
import org.zkc.ir.kernel.TaskRunner;
import org.zkc.ir.tensor.Activation;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.tensor.Conv;
import org.zkc.ir.tensor.Domain;
import org.zkc.ir.tensor.Linear;
import org.zkc.ir.tensor.Range;

/** Runs a tensor-level program on sample inputs and records the range of each value. */
public final class Calibrate {
  /** Runs from which variation is told; where there are fewer samples, variants complete them. */
  private static final int FEWEST_RUNS = 5;

  /** Numbers beyond this stand for infinity. */
  private static final double MOST = 1e10;

  /** Variants that are made for one that is wanted. */
  private static final int CHOICE = 3;

  /** Multiplications that runs of variants may take together. */
  private static final long VARIANT_BUDGET = 100_000_000_000L;

  private Calibrate() {}

  /**
   * @param samples one or more; each has one tensor per parameter of main, of the parameter's type
   * @throws UserException when a value is NaN or infinite, or a function has to take a number
   *     outside its domain
   */
  public static Ranges run(Program tensor, List<List<TensorData>> samples) {
    return run(tensor, samples, TaskRunner.CALLER);
  }

  /**
   * The same on several threads.
   *
   * @param tasks where pieces of large products run; results do not depend on it
   */
  public static Ranges run(Program tensor, List<List<TensorData>> samples, TaskRunner tasks) {
    return collect(tensor, samples, false, tasks);
  }

  /** Calibration on {@link DefaultCalibration}'s samples, for want of the user's. */
  public static Ranges runDefault(Program tensor) {
    return runDefault(tensor, TaskRunner.CALLER);
  }

  /** The same on several threads. */
  public static Ranges runDefault(Program tensor, TaskRunner tasks) {
    return collect(tensor, DefaultCalibration.samples(tensor), true, tasks);
  }

  private static Ranges collect(
      Program tensor, List<List<TensorData>> samples, boolean defaultNoise, TaskRunner tasks) {
    if (samples.isEmpty()) {
      throw new IllegalArgumentException("calibration needs at least one sample");
    }
    Map<Value, Integer> meanAxes = new IdentityHashMap<>();
    Map<Value, List<Activation>> readers = new IdentityHashMap<>();
    for (Op op : tensor.main().body()) {
      if (op instanceof Conv c) {
        meanAxes.put(c.input(), 1);
      } else if (op instanceof Linear l) {
        meanAxes.put(l.input(), l.input().shape().rank() - 1);
      } else if (op instanceof Activation a) {
        readers.computeIfAbsent(a.input(), v -> new ArrayList<>()).add(a);
      }
    }
    LoopChoice.expectFloatsThenInts(samples.size() * Multiplications.of(tensor));
    Map<Value, ValueStatistics> seen = new IdentityHashMap<>();
    TensorInterpreter reference = new TensorInterpreter(tensor, tasks);
    List<List<TensorData>> outputs =
        reference.runAll(
            samples,
            (sample, value, elements) -> {
              ValueStatistics statistics =
                  seen.computeIfAbsent(
                      value, v -> new ValueStatistics(v, meanAxes.getOrDefault(v, -1)));
              statistics.add(elements);
              readers
                  .getOrDefault(value, List.of())
                  .forEach(reader -> requireDomain(reader, statistics));
            });
    int missing = Math.max(0, FEWEST_RUNS - samples.size());
    List<List<TensorData>> variants =
        VariantSelection.of(
            reference,
            outputs,
            ContrastVariants.of(samples, Math.min(CHOICE * missing, affordable(tensor))),
            missing);
    List<List<TensorData>> variantOutputs =
        reference.runAll(
            variants,
            (sample, value, elements) -> {
              ValueStatistics statistics = seen.get(value);
              if (statistics != null) {
                statistics.follow(elements);
              }
            });
    for (Op op : tensor.main().body()) {
      ValueStatistics statistics = seen.get(op.definitions().getFirst());
      if (statistics != null && !(op instanceof Constant)) {
        requireModest(op, statistics);
      }
    }
    Map<Value, Ranges.Range> ranges = new IdentityHashMap<>();
    Map<Value, double[]> means = new IdentityHashMap<>();
    Map<Value, double[]> typicalMeans = new IdentityHashMap<>();
    seen.forEach((value, a) -> {
      ranges.put(value, a.range());
      if (meanAxes.containsKey(value)) {
        means.put(value, a.means());
        typicalMeans.put(value, a.typicalMeans());
      }
    });
    return new Ranges(
        ranges,
        means,
        typicalMeans,
        IntegerInputs.intervals(tensor.main(), samples),
        new Ranges.Runs(samples, outputs),
        new Ranges.Runs(variants, variantOutputs),
        defaultNoise);
  }

  /** Refuses a function that calibration saw outside its domain. */
  private static void requireDomain(Activation op, ValueStatistics input) {
    Domain domain = op.domain(new Range(input.min(), input.max()));
    for (double x : new double[] {input.min(), input.max()}) {
      if (Double.isFinite(x) && !domain.contains(x)) {
        throw new UserException(
            op.location(),
            "this function takes numbers in %s, calibration met %s; clamp its input, or calibrate with data that stay inside"
                .formatted(domain, (float) x));
      }
    }
  }

  /** Refuses a stand-in for infinity that no softmax took in: no integers hold it beside others. */
  private static void requireModest(Op op, ValueStatistics result) {
    double most = Math.max(Math.abs(result.min()), Math.abs(result.max()));
    if (most > MOST && Double.isFinite(most)) {
      throw new UserException(
          op.location(),
          "numbers reach %s here: a fill that stands for infinity can be proved before a softmax only; use a number of the size of the others"
              .formatted((float) most));
    }
  }

  /** The number of variants that the budget allows to run: at least one. */
  private static int affordable(Program tensor) {
    return Math.clamp(
        VARIANT_BUDGET / Math.max(1, Multiplications.of(tensor)), 1, Integer.MAX_VALUE);
  }
}
