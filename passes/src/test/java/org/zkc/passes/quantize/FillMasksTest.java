package org.zkc.passes.quantize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zkc.ir.DType;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.Value;
import org.zkc.ir.interpret.TensorInterpreter;
import org.zkc.ir.kernel.TaskRunner;
import org.zkc.ir.tensor.TensorBuilder;
import org.zkc.ir.tensor.TopIndices;
import org.zkc.passes.PassContext;

/** Masks of floats that are inputs: 0 where an element takes part, a huge number elsewhere. */
class FillMasksTest {
  private static final int LENGTH = 9;
  private static final int WIDTH = 6;

  @ParameterizedTest
  @ValueSource(floats = {-1e4f, -1e9f, -Float.MAX_VALUE})
  void scoresWithAnAddend(float fill) {
    follows(program((b, x) -> attention(b, x[0], x[1])), fill);
  }

  @ParameterizedTest
  @ValueSource(floats = {-1e4f, -1e9f, -Float.MAX_VALUE})
  void maximaOfWhatTakesPart(float fill) {
    follows(program((b, x) -> maximum(b, x[0], x[1])), fill);
  }

  /** The positions of the largest: what is excluded is never among them. */
  @Test
  void largestOfWhatTakesPart() {
    Program tensor = program((b, x) -> largest(b, sum(b, b.transpose(x[0], List.of(1, 0)), x[1])));
    Program masked = masked(tensor, samples(12, 1, -1e9f));
    for (List<TensorData> sample : samples(30, 2, -1e9f)) {
      assertArrayEquals(
          TensorInterpreter.run(tensor, sample).getFirst().toLongs(),
          TensorInterpreter.run(masked, sample).getFirst().toLongs());
    }
  }

  /** ALiBi beside a mask, for one: its numbers count. */
  @Test
  void otherNumbersAreNoMask() {
    Program tensor = program((b, x) -> attention(b, x[0], x[1]));
    List<List<TensorData>> samples = new ArrayList<>(samples(4, 1, -1e9f));
    float[] slopes = new float[LENGTH];
    slopes[3] = -0.5f;
    samples.add(
        List.of(samples.getFirst().getFirst(), TensorData.ofFloats(Shape.of(1, LENGTH), slopes)));
    assertSame(tensor, masked(tensor, samples));
  }

  private static void follows(Program tensor, float fill) {
    List<List<TensorData>> samples = samples(12, 1, fill);
    Program masked = masked(tensor, samples);
    List<List<TensorData>> unseen = samples(12, 2, fill);
    for (List<TensorData> sample : unseen) {
      double[] expected = TensorInterpreter.run(tensor, sample).getFirst().toDoubles();
      double[] found = TensorInterpreter.run(masked, sample).getFirst().toDoubles();
      for (int i = 0; i < expected.length; i++) {
        assertEquals(expected[i], found[i], 1e-5);
      }
    }
    QuantizedProgram quantized =
        TensorToInteger.lower(
            masked, Calibrate.run(masked, samples), QuantizationOptions.DEFAULT, new PassContext());
    FidelityReport report = FidelityReport.measure(masked, quantized, unseen);
    assertTrue(report.rSquared() >= 0.985, () -> "R^2 = " + report.rSquared());
  }

  private static Program masked(Program tensor, List<List<TensorData>> samples) {
    return FillMasks.apply(tensor, samples, new PassContext(), TaskRunner.CALLER);
  }

  private static Program program(BiFunction<TensorBuilder, Value[], Value> body) {
    TensorBuilder b = new TensorBuilder(Location.UNKNOWN);
    Value x = b.parameter("x", new TensorType(DType.F32, Shape.of(LENGTH, WIDTH)));
    Value m = b.parameter("m", new TensorType(DType.F32, Shape.of(1, LENGTH)));
    return Program.of(Level.TENSOR, b.build(List.of(body.apply(b, new Value[] {x, m}))));
  }

  private static Value sum(TensorBuilder b, Value x, Value mask) {
    return b.add(x, b.broadcast(mask, x.shape()));
  }

  private static Value largest(TensorBuilder b, Value x) {
    return b.op(r -> new TopIndices(r, x, 1, 1, Location.UNKNOWN));
  }

  private static Value attention(TensorBuilder b, Value x, Value mask) {
    Value scores = sum(b, b.matMul(x, x), mask);
    return b.attention(scores, Optional.empty(), b.transpose(x, List.of(1, 0)));
  }

  private static Value maximum(TensorBuilder b, Value x, Value mask) {
    Value features = b.reshape(b.transpose(x, List.of(1, 0)), Shape.of(1, WIDTH, LENGTH));
    Value sum = sum(b, features, b.reshape(mask, Shape.of(1, 1, LENGTH)));
    return b.maxPool(sum, List.of(LENGTH), List.of(1), List.of(0), List.of(0), List.of(1));
  }

  /** Sequences of 2 elements and more. */
  private static List<List<TensorData>> samples(int count, long seed, float fill) {
    Random random = new Random(seed);
    List<List<TensorData>> samples = new ArrayList<>();
    for (int s = 0; s < count; s++) {
      float[] x = new float[LENGTH * WIDTH];
      for (int i = 0; i < x.length; i++) {
        x[i] = (float) (0.7 * random.nextGaussian());
      }
      float[] mask = new float[LENGTH];
      int length = 2 + random.nextInt(LENGTH - 1);
      for (int i = length; i < LENGTH; i++) {
        mask[i] = fill;
      }
      samples.add(
          List.of(
              TensorData.ofFloats(Shape.of(LENGTH, WIDTH), x),
              TensorData.ofFloats(Shape.of(1, LENGTH), mask)));
    }
    return samples;
  }
}
