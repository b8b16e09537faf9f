package org.zkc.passes.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zkc.ir.Checker;
import org.zkc.ir.DType;
import org.zkc.ir.IntegerType;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.integer.Requantize;
import org.zkc.ir.interpret.IntegerInterpreter;
import org.zkc.ir.tensor.ScalarFunction;
import org.zkc.ir.tensor.TensorBuilder;
import org.zkc.passes.PassContext;

/** Quotients of two computed tensors: fidelity, every input has one, and what is refused. */
class DivisionLoweringTest {
  private static final Location LINE = new Location("model.py", 7, "z = x / y");
  private static final int WIDTH = 12;

  private static final Map<String, BiFunction<TensorBuilder, Value, Value>> DENOMINATORS =
      Map.of(
          "1.5 + cos x",
          (b, x) -> b.add(b.pointwise(x, ScalarFunction.COS), b.scalar(1.5)),
          "-1 - x^2",
          (b, x) -> b.subtract(b.scalar(-1), b.multiply(x, x)),
          "sum of |x|",
          (b, x) ->
              b.windowMean(
                  b.pointwise(x, ScalarFunction.ABS), 1, List.of(0), List.of(WIDTH), List.of(1)),
          "exp(x / 2)",
          (b, x) -> b.pointwise(b.multiply(x, b.scalar(0.5)), ScalarFunction.EXP));

  @ParameterizedTest
  @ValueSource(strings = {"1.5 + cos x", "-1 - x^2", "sum of |x|", "exp(x / 2)"})
  void quotientsFollow(String denominator) {
    Program tensor = quotient(denominator);
    QuantizedProgram quantized = quantized(tensor);
    assertEquals(List.of(), Checker.check(quantized.program()));
    double rSquared = FidelityReport.measure(tensor, quantized, samples(tensor, 9, 16)).rSquared();
    assertTrue(rSquared >= 0.99, () -> "R^2 = " + rSquared);
  }

  /** The interpreter checks that every quotient lies in its range. */
  @ParameterizedTest
  @ValueSource(strings = {"1.5 + cos x", "-1 - x^2", "sum of |x|", "exp(x / 2)"})
  void everyInputHasAQuotient(String denominator) {
    Program integer = quantized(quotient(denominator)).program();
    Random random = new Random(3);
    for (int run = 0; run < 50; run++) {
      List<long[]> inputs = new ArrayList<>();
      for (Value parameter : integer.main().parameters()) {
        IntegerType type = parameter.integerType();
        inputs.add(
            random
                .longs(parameter.shape().elementCount(), 0, 4)
                .map(k -> k == 0 ? type.low() : k == 1 ? type.high() : k == 2 ? 0 : 1)
                .toArray());
      }
      assertEquals(2 * WIDTH, IntegerInterpreter.run(integer, inputs).getFirst().length);
    }
  }

  /** One denominator for a line is brought to its units once, not for each element. */
  @Test
  void aSharedDenominatorIsCutBeforeItIsRepeated() {
    Program integer = quantized(quotient("sum of |x|")).program();
    long repeated =
        integer.main().body().stream()
            .filter(op -> op instanceof Requantize r && r.result().shape().elementCount() == 2)
            .count();
    assertEquals(1, repeated);
  }

  @Test
  void aDenominatorOfBothSignsIsRefusedAtItsLine() {
    TensorBuilder b = new TensorBuilder(LINE);
    b.at(LINE, "z");
    Value x = input(b, "x");
    Program tensor = program(b, b.divide(x, b.add(x, b.scalar(0.01))));
    UserException e = assertThrows(UserException.class, () -> quantized(tensor));
    assertEquals(LINE, e.location());
    assertTrue(e.getMessage().contains("stays away from 0"), e.getMessage());
  }

  private static Program quotient(String denominator) {
    TensorBuilder b = new TensorBuilder(LINE);
    b.at(LINE, "z");
    Value x = input(b, "x");
    Value y = input(b, "y");
    return program(b, b.divide(y, DENOMINATORS.get(denominator).apply(b, x)));
  }

  private static Value input(TensorBuilder b, String name) {
    return b.parameter(name, new TensorType(DType.F32, Shape.of(2, WIDTH)));
  }

  private static Program program(TensorBuilder b, Value result) {
    return Program.of(Level.TENSOR, b.build(List.of(result)));
  }

  private static QuantizedProgram quantized(Program tensor) {
    return TensorToInteger.lower(
        tensor,
        Calibrate.run(tensor, samples(tensor, 1, 20)),
        QuantizationOptions.DEFAULT,
        new PassContext());
  }

  private static List<List<TensorData>> samples(Program tensor, int seed, int count) {
    Random random = new Random(seed);
    List<List<TensorData>> samples = new ArrayList<>();
    for (int s = 0; s < count; s++) {
      List<TensorData> inputs = new ArrayList<>();
      for (Value parameter : tensor.main().parameters()) {
        float[] x = new float[Math.toIntExact(parameter.shape().elementCount())];
        for (int i = 0; i < x.length; i++) {
          x[i] = (float) random.nextGaussian();
        }
        inputs.add(TensorData.ofFloats(parameter.shape(), x));
      }
      samples.add(inputs);
    }
    return samples;
  }
}
