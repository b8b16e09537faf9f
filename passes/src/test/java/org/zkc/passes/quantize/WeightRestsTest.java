package org.zkc.passes.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.zkc.ir.DType;
import org.zkc.ir.IntegerType;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.Value;
import org.zkc.ir.integer.IntegerWeights;
import org.zkc.ir.integer.Parameter;
import org.zkc.ir.interpret.IntegerEvaluator;
import org.zkc.ir.interpret.IntegerInterpreter;
import org.zkc.ir.kernel.TaskRunner;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.tensor.Linear;
import org.zkc.ir.tensor.TensorBuilder;

class WeightRestsTest {
  private static final int TOKENS = 8;
  private static final int FEATURES = 16;
  private static final int WIDTH = 256;
  private static final int OUTPUTS = 8;

  /** Gated products of the first token reach thousands, where others are about 1. */
  private static final float MASSIVE = 40;

  private static final double FEW = 1e-5;
  private static final double MANY = 1e-6;

  @Test
  void weightsAndRestsTogetherAreFinerByTheBitsOfTheRests() {
    Shape shape = Shape.of(3, 50);
    Random random = new Random(4);
    float[] reals = new float[150];
    for (int i = 0; i < reals.length; i++) {
      // The last channel does not fit its mantissas, so they are shifted.
      reals[i] = (float) random.nextGaussian() * (i < 100 ? 1 : 10_000);
    }
    TensorData data = TensorData.ofFloats(shape, reals);
    double factor = 37.3;
    IntegerWeights weights =
        WeightQuantizer.quantize(
            data,
            WeightStatistics.of(data),
            factor,
            14,
            s -> (c, f, r, m, n) -> {},
            TaskRunner.CALLER);
    IntegerWeights rests =
        WeightRests.of(data, factor, weights.channelShifts(), 6, TaskRunner.CALLER);
    long[] whole = weights.toLongs();
    long[] parts = rests.toLongs();
    for (int i = 0; i < reals.length; i++) {
      double error = Math.abs(whole[i] + Math.scalb((double) parts[i], -6) - reals[i] * factor);
      if (i < 100) {
        assertTrue(error <= Math.scalb(0.5, -6) * (1 + 1e-4), "error " + error);
      } else {
        assertEquals(0, parts[i]);
      }
      assertTrue(Math.abs(parts[i]) <= 1 << 5);
    }
  }

  @Test
  void restsHaveAsManyBitsAsTheirSumsHaveRoomFor() {
    for (long fanIn : new long[] {1, 100, 1536, 16_384}) {
      for (int bits = 8; bits <= 16; bits++) {
        double magnitude = (1 << bits - 1) - 1;
        int k = WeightRests.room(fanIn, magnitude);
        assertTrue(k < 1 || Math.scalb(1.0, k - 1) * fanIn * magnitude < 1 << 30);
      }
    }
    assertEquals(7, WeightRests.room(1, 100));
  }

  /** What the weights behind a gated product lose there comes back with their rests. */
  @Test
  void mapsBehindGatedProductsAreAsPreciseAsTheirInputs() {
    List<List<TensorData>> samples = samples(24);
    Program tensor = network();
    QuantizedProgram few = lowered(tensor, samples, FEW);
    QuantizedProgram many = lowered(tensor, samples, MANY);
    assertEquals(0, rests(few.program()));
    assertEquals(1, rests(many.program()));
    double lost = error(tensor, few, samples.getLast());
    double left = error(tensor, many, samples.getLast());
    assertTrue(left < lost / 16, () -> "off by %s, without rests by %s".formatted(left, lost));
  }

  /** No integer leaves its interval for inputs at the ends of theirs: the interpreter checks. */
  @Test
  void everyInputHasItsIntegers() {
    Program integer = lowered(network(), samples(24), MANY).program();
    Random random = new Random(5);
    for (int run = 0; run < 10; run++) {
      Value parameter = integer.main().parameters().getFirst();
      IntegerType type = parameter.integerType();
      long[] x =
          random
              .ints(parameter.shape().elementCount(), 0, 2)
              .mapToLong(bit -> bit == 0 ? type.low() : type.high())
              .toArray();
      assertEquals(TOKENS * OUTPUTS, IntegerInterpreter.run(integer, List.of(x)).getFirst().length);
    }
  }

  private static long rests(Program integer) {
    return integer.main().body().stream()
        .filter(op -> op instanceof Parameter p && p.name().endsWith(".rest"))
        .count();
  }

  private static QuantizedProgram lowered(
      Program tensor, List<List<TensorData>> samples, double weightShare) {
    Ranges ranges = Calibrate.run(tensor, samples.subList(0, 12));
    Precision precision = Precision.LEAST.withWeightShare(weightShare).withShare(2e-5);
    return switch (IntegerLowering.lower(
        tensor.main(),
        ranges,
        QuantizationOptions.DEFAULT,
        precision,
        new WeightCache(TaskRunner.CALLER))) {
      case IntegerLowering.Lowered l -> l.program();
      case IntegerLowering.Refused r -> throw r.exception();
    };
  }

  /** The variance by which the map is off for the integers that it reads. */
  private static double error(Program tensor, QuantizedProgram quantized, List<TensorData> sample) {
    Linear map = (Linear) tensor.main().body().getLast();
    Constant weight =
        (Constant)
            tensor.main().body().stream()
                .filter(op -> op.definitions().contains(map.weight()))
                .findFirst()
                .orElseThrow();
    Value input =
        quantized.program().main().body().stream()
            .filter(op ->
                op instanceof org.zkc.ir.integer.Linear l
                    && l.result().shape().extent(2) == OUTPUTS)
            .map(op -> op.operands().getFirst())
            .findFirst()
            .orElseThrow();
    List<int[]> found = new ArrayList<>();
    List<int[]> results =
        new IntegerEvaluator(quantized.program(), TaskRunner.CALLER)
            .runAll(
                FidelityReport.quantized(quantized.program(), List.of(sample)),
                (s, value, integers) -> {
                  if (value == input) {
                    found.add(integers.clone());
                  }
                })
            .getFirst();
    double scale = quantized.program().main().results().getFirst().integerType().scale();
    double sum = 0;
    for (int i = 0; i < results.getFirst().length; i++) {
      double exact = 0;
      for (int k = 0; k < WIDTH; k++) {
        exact +=
            weight.data().getDouble(i % OUTPUTS * WIDTH + k)
                * found.getFirst()[i / OUTPUTS * WIDTH + k]
                * input.integerType().scale();
      }
      double off = exact - results.getFirst()[i] * scale;
      sum += off * off;
    }
    return sum;
  }

  /** The last feature is massive at the first token and 0 elsewhere. */
  private static List<List<TensorData>> samples(int count) {
    Random random = new Random(3);
    List<List<TensorData>> samples = new ArrayList<>();
    for (int s = 0; s < count; s++) {
      float[] x = new float[TOKENS * FEATURES];
      for (int i = 0; i < x.length; i++) {
        x[i] = i % FEATURES == FEATURES - 1 ? 0 : (float) random.nextGaussian();
      }
      x[FEATURES - 1] = MASSIVE;
      samples.add(List.of(TensorData.ofFloats(Shape.of(1, TOKENS, FEATURES), x)));
    }
    return samples;
  }

  private static Program network() {
    Random random = new Random(1);
    TensorBuilder b = new TensorBuilder(Location.UNKNOWN);
    Value x = b.parameter("x", new TensorType(DType.F32, Shape.of(1, TOKENS, FEATURES)));
    Value left = linear(b, x, weights(random, WIDTH, FEATURES));
    Value right = linear(b, x, weights(random, WIDTH, FEATURES));
    Value y = linear(b, b.multiply(left, right), weights(random, OUTPUTS, WIDTH));
    return Program.of(Level.TENSOR, b.build(List.of(y)));
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
