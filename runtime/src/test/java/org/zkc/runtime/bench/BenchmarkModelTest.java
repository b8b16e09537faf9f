package org.zkc.runtime.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.zkc.ir.Checker;
import org.zkc.ir.Programs;

final class BenchmarkModelTest {

  @Test
  void parameterCountsAreTheLiteratures() {
    assertEquals(101_770, BenchmarkModel.MLP.parameters());
    assertEquals(61_706, BenchmarkModel.LENET5.parameters());
    assertEquals(15_245_130, BenchmarkModel.VGG16.parameters());
  }

  @ParameterizedTest
  @EnumSource(
      value = BenchmarkModel.class,
      names = {"MLP", "LENET5", "RESNET20"})
  void programsAreWellFormedAndReproducible(BenchmarkModel model) {
    assertEquals(List.of(), Checker.check(model.program()));
    assertTrue(Programs.equal(model.program(), model.program()));
  }

  /**
   * One warm-up and one run of the smallest model: the benchmark itself works, and measures every
   * stage.
   */
  @Test
  void benchmarkRuns() {
    ModelBenchmark.Figures f =
        new ModelBenchmark(0, 1, 1, Set.of()).measure(BenchmarkModel.MLP, what -> {});
    assertEquals(101_770, f.parameters());
    assertTrue(
        f.prove() > 0 && f.verify() > 0 && f.proofBytes() > 10_000 && f.keyBytes() > 100,
        f.toString());
    assertTrue(f.stages().size() >= 4, f.stages().toString());
    double sum = f.stages().values().stream().mapToDouble(Double::doubleValue).sum();
    assertFalse(sum > f.prove() * 1.01, "stages add up to more than the proof: " + f);
  }
}
