package org.zkc.passes.quantize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
import org.zkc.ir.integer.RoundedQuotient;
import org.zkc.ir.interpret.IntegerInterpreter;
import org.zkc.ir.tensor.TensorBuilder;
import org.zkc.passes.PassContext;

/** Attention and softmax inside a network: fidelity, extremes, and what a mask leaves out. */
class AttentionTest {
  private static final int WIDTH = 8;

  @ParameterizedTest
  @CsvSource({
    "3, 1, false, 0.995",
    "16, 1, false, 0.995",
    "16, 4, true, 0.995",
    "100, 2, true, 0.99",
    "700, 1, false, 0.97"
  })
  void attentionFollows(int length, double deviation, boolean isCausal, double target) {
    Program tensor = attention(length, isCausal);
    check(tensor, samples(tensor, deviation, 12), target);
  }

  @ParameterizedTest
  @CsvSource({"1, 5", "0, 30", "1, 300"})
  void softmaxBeforeAProductFollows(int axis, int length) {
    TensorBuilder b = new TensorBuilder(Location.UNKNOWN);
    Value x = b.parameter("x", new TensorType(DType.F32, Shape.of(length, length)));
    Value y = b.softmax(x, axis);
    Program tensor = Program.of(Level.TENSOR, b.build(List.of(b.multiply(y, x))));
    check(tensor, samples(tensor, 2, 12), 0.99);
  }

  /** What the mask excludes has no part in the integers, whatever its scores and values are. */
  @Test
  void excludedPositionsDoNotCount() {
    Program tensor = attention(5, true);
    Program integer = lower(tensor, samples(tensor, 1, 4));
    List<long[]> inputs = extremes(integer, 7);
    long[] before = IntegerInterpreter.run(integer, inputs).getFirst();
    // The last key and value: only the last query sees them.
    for (int input = 1; input < 3; input++) {
      Value parameter = integer.main().parameters().get(input);
      for (int i = 0; i < WIDTH; i++) {
        int at = input == 1 ? 4 * WIDTH + i : i * 5 + 4;
        IntegerType type = parameter.integerType();
        inputs.get(input)[at] = inputs.get(input)[at] == type.low() ? type.high() : type.low();
      }
    }
    long[] after = IntegerInterpreter.run(integer, inputs).getFirst();
    for (int i = 0; i < 4 * WIDTH; i++) {
      assertEquals(before[i], after[i], "element " + i);
    }
    // With one position included the mean is its value.
    RoundedQuotient quotient =
        (RoundedQuotient)
            integer.main().body().stream()
                .filter(RoundedQuotient.class::isInstance)
                .findFirst()
                .orElseThrow();
    for (int i = 0; i < WIDTH; i++) {
      assertEquals(0, after[i] % (1L << quotient.bits()), "element " + i);
    }
  }

  /**
   * A mask from the input: what it excludes does not count, and without any all shares are equal.
   */
  @Test
  void aComputedMaskMayIncludeNothing() {
    int length = 4;
    TensorBuilder b = new TensorBuilder(Location.UNKNOWN);
    Value scores = b.parameter("s", new TensorType(DType.F32, Shape.of(3, length)));
    Value v = b.parameter("v", new TensorType(DType.F32, Shape.of(1, length)));
    Value mask = b.parameter("m", new TensorType(DType.I1, Shape.of(3, length)));
    Program tensor =
        Program.of(Level.TENSOR, b.build(List.of(b.attention(scores, Optional.of(mask), v))));
    Random random = new Random(2);
    List<List<TensorData>> samples = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      long[] included = new long[3 * length];
      for (int k = 0; k < 2 * length; k++) {
        included[k] = random.nextInt(2);
      }
      included[2 * length] = 1;
      List<TensorData> sample = new ArrayList<>(samples(tensor, 1, i + 1).getLast());
      sample.set(2, TensorData.ofLongs(DType.I1, Shape.of(3, length), included));
      samples.add(sample);
    }
    check(tensor, samples, 0.99);
    Program integer = lower(tensor, samples);
    List<long[]> inputs = extremes(integer, 1);
    for (int i = 0; i < length; i++) {
      inputs.get(1)[i] = 8 * i;
    }
    inputs.set(2, new long[] {0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 1, 0});
    long[] means = IntegerInterpreter.run(integer, inputs).getFirst();
    inputs.get(0)[0] += inputs.get(0)[0] > 0 ? -5 : 5; // excluded
    assertArrayEquals(means, IntegerInterpreter.run(integer, inputs).getFirst());
    assertEquals(2 * means[0], means[1]); // 12 and 24 of v's units
  }

  /** No integer leaves its interval for inputs at the ends of theirs: the interpreter checks. */
  @Test
  void everyInputHasItsIntegers() {
    for (boolean isCausal : new boolean[] {false, true}) {
      Program tensor = attention(9, isCausal);
      Program integer = lower(tensor, samples(tensor, 1, 4));
      for (int seed = 0; seed < 20; seed++) {
        assertEquals(
            9 * WIDTH, IntegerInterpreter.run(integer, extremes(integer, seed)).getFirst().length);
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

  private static Program attention(int length, boolean isCausal) {
    TensorBuilder b = new TensorBuilder(Location.UNKNOWN);
    Value q = b.parameter("q", new TensorType(DType.F32, Shape.of(length, WIDTH)));
    Value k = b.parameter("k", new TensorType(DType.F32, Shape.of(length, WIDTH)));
    Value v = b.parameter("v", new TensorType(DType.F32, Shape.of(WIDTH, length)));
    Value scores = b.multiply(b.matMul(q, k), b.scalar(1 / Math.sqrt(WIDTH)));
    Optional<Value> mask = Optional.empty();
    if (isCausal) {
      long[] included = new long[length * length];
      for (int i = 0; i < included.length; i++) {
        included[i] = i % length <= i / length ? 1 : 0;
      }
      mask =
          Optional.of(
              b.constant(TensorData.ofLongs(DType.I1, Shape.of(length, length), included), ""));
    }
    return Program.of(Level.TENSOR, b.build(List.of(b.attention(scores, mask, v))));
  }

  private static Program lower(Program tensor, List<List<TensorData>> samples) {
    return quantized(tensor, samples).program();
  }

  private static QuantizedProgram quantized(Program tensor, List<List<TensorData>> samples) {
    return TensorToInteger.lower(
        tensor, Calibrate.run(tensor, samples), QuantizationOptions.DEFAULT, new PassContext());
  }

  private static void check(Program tensor, List<List<TensorData>> samples, double target) {
    QuantizedProgram quantized = quantized(tensor, samples.subList(0, samples.size() / 2));
    FidelityReport report =
        FidelityReport.measure(
            tensor, quantized, samples.subList(samples.size() / 2, samples.size()));
    assertTrue(report.rSquared() >= target, () -> "R^2 = " + report.rSquared());
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
