package org.zkc.passes.quantize;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.zkc.ir.DType;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.LayerNorm;
import org.zkc.ir.tensor.RmsNorm;
import org.zkc.ir.tensor.TensorBuilder;
import org.zkc.passes.PassContext;

/**
 * Norms of values so small that their epsilon is all of the norm, as in networks without training.
 */
class NormOfSmallValuesTest {
  private static final int FEATURES = 8;

  @ParameterizedTest
  @CsvSource({
    "RMS, 1e-3", "RMS, 1e-7", "RMS, 1e-9", "RMS, 1e-12", "RMS, 1e-15", "RMS, 1e-25",
    "LAYER, 1e-3", "LAYER, 1e-7", "LAYER, 1e-9", "LAYER, 1e-12", "LAYER, 1e-15", "LAYER, 1e-25"
  })
  void theirResultsKeepTheirSteps(String norm, float size) {
    Random random = new Random(4);
    TensorBuilder b = new TensorBuilder(Location.UNKNOWN);
    Value x = b.parameter("x", new TensorType(DType.F32, Shape.of(2, FEATURES)));
    Value small = linear(b, x, weights(random, FEATURES, size));
    Value normed =
        b.op(r ->
            norm.equals("RMS")
                ? new RmsNorm(r, small, 1, 1e-5, Location.UNKNOWN)
                : new LayerNorm(r, small, 1, 1e-5, Location.UNKNOWN));
    Value y = linear(b, normed, weights(random, 3, 1));
    Program program = Program.of(Level.TENSOR, b.build(List.of(y)));
    List<List<TensorData>> samples = samples(random, 32);
    QuantizedProgram quantized =
        TensorToInteger.lower(
            program,
            Calibrate.run(program, samples.subList(0, 16)),
            QuantizationOptions.DEFAULT,
            new PassContext());
    double rSquared =
        FidelityReport.measure(program, quantized, samples.subList(16, samples.size())).rSquared();
    assertTrue(rSquared >= 0.99, () -> "R^2 = " + rSquared);
  }

  /** No norm of zeros makes the lowering search for finer and finer integers. */
  @Test
  @Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void normsOfZerosAreLowered() {
    Random random = new Random(4);
    TensorBuilder b = new TensorBuilder(Location.UNKNOWN);
    Value x = b.parameter("x", new TensorType(DType.F32, Shape.of(2, FEATURES)));
    Value zeros = linear(b, x, weights(random, FEATURES, 0));
    Value normed = b.op(r -> new LayerNorm(r, zeros, 1, 1e-5, Location.UNKNOWN));
    Program program = Program.of(Level.TENSOR, b.build(List.of(b.add(x, normed))));
    List<List<TensorData>> samples = samples(random, 8);
    QuantizedProgram quantized =
        TensorToInteger.lower(
            program,
            Calibrate.run(program, samples),
            QuantizationOptions.DEFAULT,
            new PassContext());
    double rSquared = FidelityReport.measure(program, quantized, samples).rSquared();
    assertTrue(rSquared >= 0.99, () -> "R^2 = " + rSquared);
  }

  private static List<List<TensorData>> samples(Random random, int count) {
    List<List<TensorData>> out = new ArrayList<>();
    for (int s = 0; s < count; s++) {
      out.add(List.of(TensorData.ofFloats(Shape.of(2, FEATURES), weights(random, 2, 1))));
    }
    return out;
  }

  private static Value linear(TensorBuilder b, Value x, float[] weights) {
    Shape shape = Shape.of(weights.length / FEATURES, FEATURES);
    return b.linear(x, b.constant(TensorData.ofFloats(shape, weights), ""), Optional.empty());
  }

  private static float[] weights(Random random, int rows, float size) {
    float[] out = new float[rows * FEATURES];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) (size * random.nextGaussian());
    }
    return out;
  }
}
