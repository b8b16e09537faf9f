package org.zkc.passes.quantize;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.zkc.ir.Program;
import org.zkc.ir.Uses;
import org.zkc.ir.Value;
import org.zkc.ir.interpret.IntegerEvaluator;
import org.zkc.ir.interpret.TensorInterpreter;
import org.zkc.ir.kernel.TaskRunner;

/**
 * Measures how well integer programs follow one floating-point program, as one number to search by:
 * of its outputs the worst. An output of real numbers counts by R^2. One of indices or truth values
 * counts by its {@link OrderAgreement expected agreement}, what is missing to 1 taken {@link
 * #DISAGREEMENT} times, so that 0.995 of agreement and an R^2 of 0.98 are as good as each other.
 */
final class FidelityMeter {
  private static final double DISAGREEMENT = 4;

  private final Ranges.Runs runs;
  private final TaskRunner tasks;
  private final List<Value> tensorResults;
  private final List<List<OrderAgreement>> decisions = new ArrayList<>();

  /**
   * @param runs inputs, and what the floating-point program gives
   */
  FidelityMeter(Program tensor, Ranges.Runs runs, TaskRunner tasks) {
    this.runs = runs;
    this.tasks = tasks;
    this.tensorResults = tensor.main().results();
    Uses uses = Uses.of(tensor.main());
    Map<Value, List<OrderAgreement>> byValue = new IdentityHashMap<>();
    for (Value result : tensor.main().results()) {
      List<OrderAgreement> found = OrderAgreement.of(result, uses);
      decisions.add(found);
      found.forEach(d -> byValue.computeIfAbsent(d.decisive(), v -> new ArrayList<>()).add(d));
    }
    if (byValue.isEmpty()) {
      return;
    }
    TensorInterpreter reference = new TensorInterpreter(tensor, tasks);
    reference.runAll(
        runs.inputs(),
        (sample, value, elements) ->
            byValue.getOrDefault(value, List.of()).forEach(d -> d.add(sample, elements.clone())));
  }

  int count() {
    return runs.count();
  }

  /** The measure on all runs. */
  double of(QuantizedProgram quantized) {
    return of(quantized, runs.count());
  }

  /** The measure on the first runs. */
  double of(QuantizedProgram quantized, int count) {
    Program integer = quantized.program();
    List<Value> results = integer.main().results();
    List<FidelityStatistics> outputs =
        tensorResults.stream().map(v -> new FidelityStatistics(v, 0)).toList();
    Map<Value, double[][]> decisive = new IdentityHashMap<>();
    decisions.stream()
        .flatMap(List::stream)
        .map(d -> quantized.counterparts().get(d.decisive()))
        .filter(Objects::nonNull)
        .forEach(v -> decisive.put(v, new double[count][]));
    List<List<int[]>> found =
        new IntegerEvaluator(integer, tasks)
            .runAll(
                FidelityReport.quantized(integer, runs.inputs().subList(0, count)),
                (sample, value, integers) -> note(decisive.get(value), sample, value, integers));
    for (int s = 0; s < count; s++) {
      for (int k = 0; k < results.size(); k++) {
        outputs
            .get(k)
            .add(
                runs.outputs().get(s).get(k).toFloats(),
                found.get(s).get(k),
                results.get(k).integerType());
      }
    }
    double worst = 1;
    for (int k = 0; k < results.size(); k++) {
      worst =
          Math.min(
              worst,
              score(tensorResults.get(k), decisions.get(k), outputs.get(k), quantized, decisive));
    }
    return worst;
  }

  /**
   * The score of an output. Real numbers that are made of truth values, as counts are, have the
   * lesser of their R^2 and what decisions that turn leave of it: a few samples show none of these.
   */
  private static double score(
      Value output,
      List<OrderAgreement> of,
      FidelityStatistics statistics,
      QuantizedProgram quantized,
      Map<Value, double[][]> decisive) {
    boolean isExact = TensorAnalysis.isExact(output);
    double missing = 0;
    double lost = 0;
    for (OrderAgreement decision : of) {
      double[][] found = decisive.get(quantized.counterparts().get(decision.decisive()));
      if (found != null) {
        double turned = 1 - decision.expected(List.of(found));
        // Each element is wrong with any of the decisions that it is made of.
        missing += turned * Math.max(1, (double) decision.count() / output.shape().elementCount());
        lost +=
            turned * decision.count() * statistics.samples() * decision.gain() * decision.gain();
      }
    }
    if (isExact) {
      return of.isEmpty() ? statistics.entry("").score() : 1 - DISAGREEMENT * missing;
    }
    double variance = statistics.variance();
    return Math.min(statistics.entry("").score(), variance > 0 ? 1 - lost / variance : 1);
  }

  private static void note(double @Nullable [][] samples, int sample, Value value, int[] integers) {
    if (samples != null) {
      double[] reals = new double[integers.length];
      for (int i = 0; i < reals.length; i++) {
        reals[i] = integers[i] * value.integerType().scale();
      }
      samples[sample] = reals;
    }
  }
}
