package org.zkc.passes.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.zkc.ir.Checker;
import org.zkc.ir.DType;
import org.zkc.ir.IntegerType;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.Value;
import org.zkc.ir.integer.Requantize;
import org.zkc.ir.tensor.FakeQuantize;
import org.zkc.ir.tensor.TensorBuilder;
import org.zkc.passes.PassContext;

/** Simulated quantisation becomes the integers that it simulates. */
class FakeQuantizeTest {
  private static final int COLUMNS = 24;
  private static final double SCALE = (float) 0.05;

  private final TensorBuilder b = new TensorBuilder(Location.UNKNOWN);
  private final Random random = new Random(3);

  @Test
  void theStepsAreTheIntegers() {
    Program integers = lower(onGrid(linear(input()), SCALE, -117, 138));
    IntegerType type = integers.main().results().getFirst().integerType();
    assertEquals(SCALE, type.scale());
    assertEquals(-117, type.low());
    assertEquals(138, type.high());
    assertEquals(1, requantisations(integers));
  }

  @Test
  void anInputThatIsRoundedToAGridAtOnceIsOnIt() {
    Value x = onGrid(input(), SCALE, -117, 138);
    Program integers = lower(linear(x));
    IntegerType type = integers.main().parameters().getFirst().integerType();
    assertEquals(SCALE, type.scale());
    assertEquals(-117, type.low());
    assertEquals(138, type.high());
    assertEquals(0, requantisations(integers));
  }

  @Test
  void exactIntegersAreBroughtToTheGrid() {
    Value x = linear(input());
    Program program = program(onGrid(b.multiply(x, x), SCALE, 0, 255));
    QuantizedProgram quantized = quantized(program);
    assertEquals(SCALE, quantized.program().main().results().getFirst().integerType().scale());
    List<List<TensorData>> samples = new VariedInputs(5).samples(program.main().parameters(), 32);
    double rSquared = FidelityReport.measure(program, quantized, samples).rSquared();
    assertTrue(rSquared >= 0.99, "R^2 = " + rSquared);
  }

  @Test
  void valuesOfOneGridSideBySideStayOnIt() {
    Value x = input();
    Value left = onGrid(linear(x), SCALE, -128, 127);
    Value right = onGrid(linear(x), SCALE, -128, 127);
    Program integers = lower(b.concatenate(List.of(left, right), 1));
    assertEquals(SCALE, integers.main().results().getFirst().integerType().scale());
    assertEquals(2, requantisations(integers));
  }

  @Test
  void valuesOfSeveralGridsGetAScaleThatHoldsThem() {
    Value x = input();
    Value left = onGrid(linear(x), SCALE, -128, 127);
    Value right = onGrid(linear(x), SCALE / 4, -128, 127);
    Program program = program(b.concatenate(List.of(left, right), 1));
    List<List<TensorData>> samples = new VariedInputs(5).samples(program.main().parameters(), 32);
    double rSquared = FidelityReport.measure(program, quantized(program), samples).rSquared();
    assertTrue(rSquared >= 0.99, "R^2 = " + rSquared);
  }

  private Value input() {
    return b.parameter("x", new TensorType(DType.F32, Shape.of(4, COLUMNS)));
  }

  private Value onGrid(Value x, double scale, int low, int high) {
    return b.pointwise(x, (r, of, at) -> new FakeQuantize(r, of, (float) scale, low, high, at));
  }

  private Value linear(Value x) {
    float[] weights = new float[COLUMNS * COLUMNS];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) (random.nextGaussian() / Math.sqrt(COLUMNS));
    }
    TensorData data = TensorData.ofFloats(Shape.of(COLUMNS, COLUMNS), weights);
    return b.linear(x, b.constant(data, ""), Optional.empty());
  }

  private Program program(Value result) {
    return Program.of(Level.TENSOR, b.build(List.of(result)));
  }

  private Program lower(Value result) {
    return quantized(program(result)).program();
  }

  private static QuantizedProgram quantized(Program program) {
    QuantizedProgram quantized =
        TensorToInteger.lower(
            program, Calibrate.runDefault(program), QuantizationOptions.DEFAULT, new PassContext());
    assertEquals(List.of(), Checker.check(quantized.program()));
    return quantized;
  }

  private static long requantisations(Program integers) {
    return integers.main().body().stream().filter(Requantize.class::isInstance).count();
  }
}
