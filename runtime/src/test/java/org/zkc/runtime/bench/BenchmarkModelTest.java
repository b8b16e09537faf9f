package org.zkc.runtime.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.zkc.ir.Checker;
import org.zkc.ir.Programs;
import org.zkc.ir.UserException;
import org.zkc.passes.circuit.ConvolutionPolicy;
import org.zkc.runtime.cli.Main;

final class BenchmarkModelTest {

  @Test
  void parameterCountsAreTorchvisions() {
    assertEquals(15_245_130, BenchmarkModel.VGG16.parameters());
    assertEquals(61_100_840, BenchmarkModel.ALEXNET.parameters());
    assertEquals(132_863_336, BenchmarkModel.VGG11_224.parameters());
    assertEquals(138_357_544, BenchmarkModel.VGG16_224.parameters());
    assertEquals(11_689_512, BenchmarkModel.RESNET18.parameters());
    assertEquals(25_557_032, BenchmarkModel.RESNET50.parameters());
    assertEquals(3_504_872, BenchmarkModel.MOBILENET_V2.parameters());
    assertEquals(1_248_424, BenchmarkModel.SQUEEZENET1_0.parameters());
    assertEquals(1_235_496, BenchmarkModel.SQUEEZENET1_1.parameters());
    assertEquals(7_978_856, BenchmarkModel.DENSENET121.parameters());
    assertEquals(6_624_904, BenchmarkModel.GOOGLENET.parameters());
  }

  /** Building a program checks the parameters it has against those declared. */
  @ParameterizedTest
  @EnumSource(
      value = BenchmarkModel.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"ALEXNET", "VGG11_224", "VGG16_224"})
  void programsAreWellFormed(BenchmarkModel model) {
    assertEquals(List.of(), Checker.check(model.program()));
  }

  @ParameterizedTest
  @EnumSource(
      value = BenchmarkModel.class,
      names = {"MLP", "LENET5", "RESNET20"})
  void programsAreReproducible(BenchmarkModel model) {
    assertTrue(Programs.equal(model.program(), model.program()));
  }

  /** The benchmark itself works, in processes of its own, and measures every stage. */
  @Test
  void benchmarkRuns() throws Exception {
    BenchmarkRequest request =
        new BenchmarkRequest(
            List.of(), List.of(), ConvolutionPolicy.AUTO, Set.of(), 1, 1, 0, 1, "700m");
    BenchmarkFigures figures =
        new ModelBenchmark(request, Optional.of(Main.class))
            .measure(new BenchmarkTarget.Generated(BenchmarkModel.MLP), what -> {});
    ProofFigures f = figures.proof();
    assertEquals(101_770, f.parameters());
    assertTrue(
        f.prove() > 0 && f.verify() > 0 && f.proofBytes() > 10_000 && f.keyBytes() > 100,
        f.toString());
    assertTrue(f.stages().size() >= 4, f.stages().toString());
    double sum = f.stages().values().stream().mapToDouble(Double::doubleValue).sum();
    assertFalse(sum > f.prove() * 1.01, "stages add up to more than the proof: " + f);
    assertTrue(f.heapBytes() < 750_000_000, "--heap reaches the proving process");
    assertTrue(figures.coldSeconds() > f.prove(), "a process takes longer than its proof");
    assertEquals(f.proofBytes(), f.predictedProof(), 0.05 * f.proofBytes());
  }

  /** Several samples in one proof, from other inputs each. */
  @ParameterizedTest
  @EnumSource(
      value = BenchmarkModel.class,
      names = {"MLP", "TRANSFORMER"})
  void severalSamplesAreOneProof(BenchmarkModel model) throws Exception {
    BenchmarkRequest request =
        new BenchmarkRequest(
            List.of(), List.of(), ConvolutionPolicy.AUTO, Set.of(), 1, 3, 0, 1, "700m");
    ProofFigures f =
        new ModelBenchmark(request, Optional.of(Main.class))
            .measure(new BenchmarkTarget.Generated(model), what -> {})
            .proof();
    assertEquals(3, f.samples());
    assertEquals(f.proofBytes(), f.predictedProof(), 0.05 * f.proofBytes());
    assertTrue(f.fidelity() > 0.9 && f.weightBits() >= 8 && f.activationBits() > 1, f.toString());
  }

  @Test
  void aFailingProcessIsAnError() {
    BenchmarkRequest request =
        new BenchmarkRequest(
            List.of(), List.of(), ConvolutionPolicy.AUTO, Set.of("no-such-pass"), 1, 1, 0, 1, "");
    assertThrows(
        UserException.class,
        () ->
            new ModelBenchmark(request, Optional.empty())
                .measure(new BenchmarkTarget.Generated(BenchmarkModel.MLP), what -> {}));
  }
}
