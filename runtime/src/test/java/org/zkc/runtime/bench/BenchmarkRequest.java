package org.zkc.runtime.bench;

import java.util.List;
import java.util.Set;
import org.zkc.passes.circuit.ConvolutionPolicy;

/**
 * The settings for the processes of one benchmark.
 *
 * @param inputs values of {@code --input}; empty where the inputs are generated
 * @param calibration values of {@code --calibration}
 * @param convolutions which form a convolution gets
 * @param disabled optimisation passes to leave out
 * @param samples samples in one proof, at least 1
 * @param warmUps proofs before measuring
 * @param runs proofs measured
 * @param heap the proving process's largest heap as {@code -Xmx} takes it; empty for the launcher's
 */
public record BenchmarkRequest(
    List<String> inputs,
    List<String> calibration,
    ConvolutionPolicy convolutions,
    Set<String> disabled,
    int threads,
    int samples,
    int warmUps,
    int runs,
    String heap) {
  public BenchmarkRequest {
    inputs = List.copyOf(inputs);
    calibration = List.copyOf(calibration);
    disabled = Set.copyOf(disabled);
  }
}
