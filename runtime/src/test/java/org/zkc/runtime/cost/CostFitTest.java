package org.zkc.runtime.cost;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.zkc.passes.cost.ProverCosts;
import org.zkc.passes.cost.Work;

final class CostFitTest {
  @Test
  void predictsWhatTheSamplesWereMadeOf() {
    Random random = new Random(5);
    List<CostFit.Sample> samples = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      Map<String, Double> work = new HashMap<>();
      for (Work w : Work.values()) {
        work.put(w.label(), (w.isMemory() ? 3e8 : 1e6) * random.nextDouble());
      }
      Map<String, Double> stages = new HashMap<>();
      double memory = 0;
      double young = 0;
      for (Work w : Work.values()) {
        double cost = truth(w) * work.get(w.label());
        if (w.stage().equals(Work.MEMORY)) {
          memory += cost;
        } else if (w.stage().equals(Work.YOUNG)) {
          young += cost;
        } else {
          stages.merge(w.stage(), cost / 1e9, Double::sum);
        }
      }
      memory += Math.min(ProverCosts.YOUNG_BYTES, young);
      samples.add(new CostFit.Sample(work, stages, Math.round(memory)));
    }
    EnumMap<Work, Double> old = new EnumMap<>(Work.class);
    for (Work w : Work.values()) {
      old.put(w, 2 * truth(w));
    }
    ProverCosts costs = CostFit.fit(samples, new ProverCosts(old));
    for (CostFit.Sample sample : samples) {
      double seconds = sample.stages().values().stream().mapToDouble(Double::doubleValue).sum();
      assertEquals(seconds, CostFit.predicted(sample, costs, false), 0.1 * seconds, "seed 5");
      long bytes = sample.memoryBytes();
      assertEquals(bytes, CostFit.predicted(sample, costs, true), 0.1 * bytes, "seed 5");
    }
  }

  private static double truth(Work work) {
    return 1 + work.ordinal() % 7;
  }

  /** The unconstrained solution is (2, -1); with costs of at least 0 it is another. */
  @Test
  void noCostIsNegative() {
    double[][] amounts = {{1, 1}, {1, 2}, {1, 0}};
    double[] measured = {1, 0.001, 2};
    double[] costs = CostFit.leastSquares(amounts, measured, new double[] {1, 1, 1});
    assertArrayEquals(new double[] {3.001 / 3, 0}, costs, 1e-9);
  }

  /** Nothing was measured: everything stays. */
  @Test
  void workThatNoSampleHasKeepsItsCost() {
    ProverCosts costs = CostFit.fit(List.of(), ProverCosts.FITTED);
    for (Work w : Work.values()) {
      assertEquals(ProverCosts.FITTED.of(w), costs.of(w), 1e-9 * costs.of(w), w.label());
    }
  }
}
