package org.zkc.passes.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.zkc.ir.DType;
import org.zkc.ir.IntegerType;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.Value;
import org.zkc.ir.integer.Normalize;
import org.zkc.ir.interpret.IntegerInterpreter;
import org.zkc.ir.kernel.TaskRunner;
import org.zkc.ir.tensor.LayerNorm;
import org.zkc.ir.tensor.RmsNorm;
import org.zkc.ir.tensor.TensorBuilder;
import org.zkc.passes.PassContext;

/**
 * A residual stream in which one channel of the first token reaches 3,000 from the first block on,
 * where others are about 1, as trained transformers have it.
 */
class MassiveActivationsTest {
  private static final int TOKENS = 12;
  private static final int FEATURES = 16;
  private static final int WIDTH = 32;
  private static final float MASSIVE = 3000;

  enum Norm {
    RMS,
    LAYER
  }

  @ParameterizedTest
  @EnumSource
  void exponentsHoldWhatOneScaleLoses(Norm norm) {
    Program tensor = network(norm);
    List<List<TensorData>> samples = samples(24);
    double alone = rSquared(tensor, samples);
    assertTrue(alone < 0.9, () -> "without exponents R^2 = " + alone);
    PassContext context = new PassContext();
    Program scaled =
        ResidualScales.apply(tensor, samples.subList(0, 12), context, TaskRunner.CALLER);
    double with = rSquared(scaled, samples);
    assertTrue(with >= 0.99, () -> "with exponents R^2 = " + with);
    Program integer = quantized(scaled, samples).program();
    assertTrue(
        integer.main().body().stream()
            .anyMatch(op -> op instanceof Normalize n && !n.exponents().isEmpty()));
  }

  /** No integer leaves its interval for inputs at the ends of theirs: the interpreter checks. */
  @ParameterizedTest
  @EnumSource
  void everyInputHasItsIntegers(Norm norm) {
    List<List<TensorData>> samples = samples(24);
    Program scaled =
        ResidualScales.apply(
            network(norm), samples.subList(0, 12), new PassContext(), TaskRunner.CALLER);
    Program integer = quantized(scaled, samples).program();
    Random random = new Random(5);
    for (int run = 0; run < 10; run++) {
      Value parameter = integer.main().parameters().getFirst();
      IntegerType type = parameter.integerType();
      long[] x =
          random
              .ints(parameter.shape().elementCount(), 0, 2)
              .mapToLong(bit -> bit == 0 ? type.low() : type.high())
              .toArray();
      assertEquals(TOKENS * 8, IntegerInterpreter.run(integer, List.of(x)).getFirst().length);
    }
  }

  private static QuantizedProgram quantized(Program tensor, List<List<TensorData>> samples) {
    return TensorToInteger.lower(
        tensor,
        Calibrate.run(tensor, samples.subList(0, 12)),
        QuantizationOptions.DEFAULT,
        new PassContext());
  }

  private static double rSquared(Program tensor, List<List<TensorData>> samples) {
    return FidelityReport.measure(
            tensor, quantized(tensor, samples), samples.subList(12, samples.size()))
        .rSquared();
  }

  /** The last feature is 1 at the first token and 0 elsewhere. */
  private static List<List<TensorData>> samples(int count) {
    Random random = new Random(3);
    List<List<TensorData>> samples = new ArrayList<>();
    for (int s = 0; s < count; s++) {
      float[] x = new float[TOKENS * FEATURES];
      for (int i = 0; i < x.length; i++) {
        x[i] = i % FEATURES == FEATURES - 1 ? 0 : (float) random.nextGaussian();
      }
      x[FEATURES - 1] = 1;
      samples.add(List.of(TensorData.ofFloats(Shape.of(1, TOKENS, FEATURES), x)));
    }
    return samples;
  }

  private static Program network(Norm norm) {
    Random random = new Random(1);
    TensorBuilder b = new TensorBuilder(Location.UNKNOWN);
    Value x = b.parameter("x", new TensorType(DType.F32, Shape.of(1, TOKENS, FEATURES)));
    Value stream = linear(b, x, weights(random, WIDTH, FEATURES));
    for (int block = 0; block < 4; block++) {
      Value y = norm(b, norm, stream);
      float[] up = weights(random, 2 * WIDTH, WIDTH);
      Value hidden = b.relu(linear(b, y, up));
      stream = b.add(stream, linear(b, hidden, weights(random, WIDTH, 2 * WIDTH)));
      if (block == 0) {
        float[] massive = new float[WIDTH * FEATURES];
        massive[5 * FEATURES + FEATURES - 1] = MASSIVE;
        stream = b.add(stream, linear(b, x, massive));
      }
    }
    Value y = linear(b, norm(b, norm, stream), weights(random, 8, WIDTH));
    return Program.of(Level.TENSOR, b.build(List.of(y)));
  }

  private static Value norm(TensorBuilder b, Norm norm, Value x) {
    return b.op(r ->
        switch (norm) {
          case RMS -> new RmsNorm(r, x, 2, 1e-5, Location.UNKNOWN);
          case LAYER -> new LayerNorm(r, x, 2, 1e-5, Location.UNKNOWN);
        });
  }

  private static Value linear(TensorBuilder b, Value x, float[] weights) {
    int inputs = x.shape().extent(2);
    Shape shape = Shape.of(weights.length / inputs, inputs);
    return b.linear(x, b.constant(TensorData.ofFloats(shape, weights), ""), Optional.empty());
  }

  private static float[] weights(Random random, int outputs, int inputs) {
    float[] out = new float[outputs * inputs];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) (random.nextGaussian() / Math.sqrt(inputs));
    }
    return out;
  }
}
