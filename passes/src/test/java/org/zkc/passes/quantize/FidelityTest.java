package org.zkc.passes.quantize;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zkc.ir.Program;
import org.zkc.ir.TensorData;
import org.zkc.passes.PassContext;

/**
 * The integer program follows fp32 to R^2 >= 0.95 on inputs of varied mean and contrast, calibrated
 * or not.
 */
class FidelityTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void defaultNoise(long seed) {
    for (Map.Entry<String, Program> network : SampleNetworks.all(seed).entrySet()) {
      Program program = network.getValue();
      check(network.getKey(), seed, program, Calibrate.runDefault(program), 0.99);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {3})
  void givenCalibration(long seed) {
    for (Map.Entry<String, Program> network : SampleNetworks.all(seed).entrySet()) {
      Program program = network.getValue();
      List<List<TensorData>> samples =
          new VariedInputs(seed).samples(program.main().parameters(), 16);
      check(network.getKey(), seed, program, Calibrate.run(program, samples), 0.99);
    }
  }

  private static void check(String name, long seed, Program program, Ranges ranges, double target) {
    QuantizedProgram quantized =
        TensorToInteger.lower(program, ranges, QuantizationOptions.DEFAULT, new PassContext());
    List<List<TensorData>> samples =
        new VariedInputs(1000 + seed).samples(program.main().parameters(), 32);
    FidelityReport report = FidelityReport.measure(program, quantized, samples);
    assertTrue(
        report.rSquared() >= target,
        () ->
            "%s, seed %d: R^2 = %s, layers %s"
                .formatted(name, seed, report.rSquared(), report.layers()));
  }
}
