package org.zkc.passes.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.zkc.ir.DType;
import org.zkc.ir.IntegerType;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.Value;
import org.zkc.ir.interpret.IntegerInterpreter;
import org.zkc.ir.tensor.TensorBuilder;
import org.zkc.passes.PassContext;

/** Shares of a softmax that a program returns, above all those that hardly differ. */
class ShareTest {
  private static final int WIDTH = 8;

  /**
   * Scores of deviation d move shares by d of themselves: what the samples do not share is that.
   */
  @ParameterizedTest
  @CsvSource({
    "4, 0.1, false, 0.99",
    "16, 0.02, false, 0.99",
    "100, 0.05, false, 0.99",
    "16, 0.3, false, 0.99",
    "16, 1.5, false, 0.99",
    "16, 0.05, true, 0.98",
    "40, 0.5, true, 0.99"
  })
  void sharesFollow(int length, double deviation, boolean isCausal, double target) {
    Program tensor = weights(length, isCausal);
    List<List<TensorData>> samples = samples(tensor, Math.sqrt(deviation), 16);
    QuantizedProgram quantized = quantized(tensor, samples.subList(0, 8));
    FidelityReport report =
        FidelityReport.measure(tensor, quantized, samples.subList(8, samples.size()));
    assertTrue(report.rSquared() >= target, () -> "R^2 = " + report.rSquared());
  }

  /** No quotient leaves its range, whatever the integers of the inputs: the interpreter checks. */
  @Test
  void everyInputHasItsShares() {
    for (double deviation : new double[] {0.01, 0.1, 1}) {
      Program tensor = weights(6, false);
      Program integer = quantized(tensor, samples(tensor, deviation, 4)).program();
      for (int seed = 0; seed < 30; seed++) {
        long[] shares = IntegerInterpreter.run(integer, extremes(integer, seed)).getFirst();
        double scale = integer.main().results().getFirst().integerType().scale();
        for (int row = 0; row < 6; row++) {
          double sum = 0;
          for (int i = 0; i < 6; i++) {
            sum += shares[row * 6 + i] * scale;
          }
          assertEquals(1, sum, 6 * scale);
        }
      }
    }
  }

  private static List<long[]> extremes(Program integer, int seed) {
    Random random = new Random(seed);
    List<long[]> inputs = new ArrayList<>();
    for (Value parameter : integer.main().parameters()) {
      IntegerType type = parameter.integerType();
      long[] elements = new long[Math.toIntExact(parameter.shape().elementCount())];
      for (int i = 0; i < elements.length; i++) {
        elements[i] = random.nextBoolean() ? type.low() : type.high();
      }
      inputs.add(elements);
    }
    return inputs;
  }

  /** softmax(q k^T / sqrt(d)) and the values that it weighs. */
  private static Program weights(int length, boolean isCausal) {
    TensorBuilder b = new TensorBuilder(Location.UNKNOWN);
    Value q = b.parameter("q", new TensorType(DType.F32, Shape.of(length, WIDTH)));
    Value k = b.parameter("k", new TensorType(DType.F32, Shape.of(length, WIDTH)));
    Value v = b.parameter("v", new TensorType(DType.F32, Shape.of(WIDTH, length)));
    Value scores = b.multiply(b.matMul(q, k), b.scalar(1 / Math.sqrt(WIDTH)));
    long[] included = new long[length * length];
    for (int i = 0; i < included.length; i++) {
      included[i] = i % length <= i / length ? 1 : 0;
    }
    Value shares =
        isCausal
            ? b.softmax(
                scores,
                b.constant(TensorData.ofLongs(DType.I1, Shape.of(length, length), included), ""),
                1)
            : b.softmax(scores, 1);
    return Program.of(Level.TENSOR, b.build(List.of(shares, b.matMul(shares, v))));
  }

  private static QuantizedProgram quantized(Program tensor, List<List<TensorData>> samples) {
    return TensorToInteger.lower(
        tensor, Calibrate.run(tensor, samples), QuantizationOptions.DEFAULT, new PassContext());
  }

  private static List<List<TensorData>> samples(Program tensor, double deviation, int count) {
    Random random = new Random(count);
    List<List<TensorData>> samples = new ArrayList<>();
    for (int s = 0; s < count; s++) {
      List<TensorData> inputs = new ArrayList<>();
      for (Value parameter : tensor.main().parameters()) {
        float[] x = new float[Math.toIntExact(parameter.shape().elementCount())];
        for (int i = 0; i < x.length; i++) {
          x[i] = (float) (deviation * random.nextGaussian());
        }
        inputs.add(TensorData.ofFloats(parameter.shape(), x));
      }
      samples.add(inputs);
    }
    return samples;
  }
}
