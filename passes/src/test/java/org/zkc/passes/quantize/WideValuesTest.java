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
import org.zkc.ir.Uses;
import org.zkc.ir.Value;
import org.zkc.ir.integer.RemainderRules;
import org.zkc.ir.integer.Requantize;
import org.zkc.ir.integer.Subtract;
import org.zkc.ir.interpret.IntegerInterpreter;
import org.zkc.ir.tensor.RmsNorm;
import org.zkc.ir.tensor.TensorBuilder;
import org.zkc.passes.PassContext;

/**
 * A network of products whose lines differ by a factor of a thousand before a norm makes them one
 * size: the small ones need more bits than a table holds.
 */
class WideValuesTest {
  private static final int LINES = 8;
  private static final int FEATURES = 8;
  private static final double TARGET = 0.98;

  /** Two limbs come with a target that narrower values do not reach, and not without one. */
  @Test
  void linesOfEverySizeReachTheTarget() {
    Program tensor = network();
    Ranges ranges = Calibrate.run(tensor, samples(1, 24));
    List<List<TensorData>> inputs = samples(2, 12);
    QuantizedProgram narrow =
        TensorToInteger.lower(tensor, ranges, QuantizationOptions.DEFAULT, new PassContext());
    QuantizedProgram wide =
        TensorToInteger.lower(
            tensor,
            ranges,
            QuantizationOptions.DEFAULT,
            Optional.of(new FidelityTarget(TARGET, "fresh lines", inputs)),
            new PassContext());
    assertEquals(0, limbs(narrow.program()));
    assertTrue(limbs(wide.program()) >= 3, limbs(wide.program()) + " values in two limbs");
    double before = FidelityReport.measure(tensor, narrow, inputs).rSquared();
    double after = FidelityReport.measure(tensor, wide, inputs).rSquared();
    assertTrue(before < TARGET, "narrow values reach " + before);
    assertTrue(after >= TARGET, "wide values reach " + after);
    everyInputHasItsIntegers(wide.program());
  }

  /** No integer leaves its interval for inputs at the ends of theirs: the interpreter checks. */
  private static void everyInputHasItsIntegers(Program integer) {
    Random random = new Random(5);
    IntegerType type = integer.main().parameters().getFirst().integerType();
    for (int run = 0; run < 10; run++) {
      long[] x =
          random
              .ints(LINES * FEATURES, 0, 2)
              .mapToLong(bit -> bit == 0 ? type.low() : type.high())
              .toArray();
      assertEquals(LINES * 4, IntegerInterpreter.run(integer, List.of(x)).getFirst().length);
    }
  }

  private static long limbs(Program integer) {
    Uses uses = Uses.of(integer.main());
    return integer.main().body().stream()
        .filter(op ->
            op instanceof Subtract s
                && RemainderRules.upper(s, uses::definition)
                    .flatMap(upper -> uses.definition(upper.result()))
                    .filter(Requantize.class::isInstance)
                    .isPresent())
        .count();
  }

  /** Lines of which each has a size between a sixth and 1. */
  private static List<List<TensorData>> samples(long seed, int count) {
    Random random = new Random(seed);
    List<List<TensorData>> samples = new ArrayList<>();
    for (int s = 0; s < count; s++) {
      float[] x = new float[LINES * FEATURES];
      double size = 1;
      for (int i = 0; i < x.length; i++) {
        size = i % FEATURES == 0 ? Math.pow(6, -random.nextDouble()) : size;
        x[i] = (float) (size * random.nextGaussian());
      }
      samples.add(List.of(TensorData.ofFloats(Shape.of(1, LINES, FEATURES), x)));
    }
    return samples;
  }

  private static Program network() {
    Random random = new Random(1);
    TensorBuilder b = new TensorBuilder(Location.UNKNOWN);
    Value x = b.parameter("x", new TensorType(DType.F32, Shape.of(1, LINES, FEATURES)));
    Value pairs = b.multiply(linear(b, x, random, 16), linear(b, x, random, 16));
    Value threes = b.multiply(pairs, linear(b, x, random, 16));
    Value sizes = linear(b, threes, random, FEATURES);
    Value lines = b.op(r -> new RmsNorm(r, sizes, 2, 1e-9, Location.UNKNOWN));
    Value y = linear(b, lines, random, 4);
    return Program.of(Level.TENSOR, b.build(List.of(y)));
  }

  private static Value linear(TensorBuilder b, Value x, Random random, int outputs) {
    int inputs = x.shape().extent(2);
    float[] weights = new float[outputs * inputs];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) (random.nextGaussian() / Math.sqrt(inputs));
    }
    TensorData data = TensorData.ofFloats(Shape.of(outputs, inputs), weights);
    return b.linear(x, b.constant(data, ""), Optional.empty());
  }
}
