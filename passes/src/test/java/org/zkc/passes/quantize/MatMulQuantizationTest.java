package org.zkc.passes.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zkc.ir.Checker;
import org.zkc.ir.FieldBounds;
import org.zkc.ir.IntegerType;
import org.zkc.ir.Program;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.integer.MatMul;
import org.zkc.ir.integer.Requantize;
import org.zkc.passes.PassContext;

/**
 * Matrix products of two computed tensors: how precise they are, and that no sum leaves its room.
 */
class MatMulQuantizationTest {
  private static final PassContext CONTEXT = new PassContext();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void integersFollowFloats(long seed) {
    Map<String, Program> networks =
        Map.of("attention", SampleNetworks.attention(seed), "gram", SampleNetworks.gram(seed));
    networks.forEach((name, program) -> {
      QuantizedProgram quantized =
          TensorToInteger.lower(
              program, Calibrate.runDefault(program), QuantizationOptions.DEFAULT, CONTEXT);
      List<List<TensorData>> samples =
          new VariedInputs(1000 + seed).samples(program.main().parameters(), 32);
      double rSquared = FidelityReport.measure(program, quantized, samples).rSquared();
      assertTrue(rSquared >= 0.99, name + ", seed " + seed + ": R^2 = " + rSquared);
    });
  }

  @Test
  void sumsAreExactWhereTheyHaveRoom() {
    TensorProgramBuilder b = new TensorProgramBuilder(1);
    Value x = b.input(2, 3, 4);
    Program integer = lower(b.build(b.matMul(x, x)), 8);
    assertEquals(0, count(integer, Requantize.class));
    MatMul product = (MatMul) integer.main().body().getFirst();
    IntegerType input = product.left().integerType();
    IntegerType result = product.result().integerType();
    assertEquals(4 * input.high() * input.high(), result.high());
    assertEquals(input.scale() * input.scale(), result.scale());
  }

  @Test
  void factorsAreReadWithLessBitsWhereTheSumsHaveNoRoom() {
    TensorProgramBuilder b = new TensorProgramBuilder(1);
    Value x = b.input(3, 2048);
    Program integer = lower(b.build(b.matMul(x, b.reshape(b.input(1, 3, 2048), 3, 2048))), 14);
    assertEquals(List.of(), Checker.check(integer));
    MatMul product =
        integer.main().body().stream()
            .filter(MatMul.class::isInstance)
            .map(MatMul.class::cast)
            .findFirst()
            .orElseThrow();
    long left = product.left().integerType().high();
    long right = product.right().integerType().high();
    assertTrue(left * right * 2048 < FieldBounds.LIMIT, left + " times " + right);
    assertTrue(4 * left * right * 2048 >= FieldBounds.LIMIT / 2, left + " times " + right);
    assertTrue(count(integer, Requantize.class) > 0);
  }

  private static Program lower(Program tensor, int bits) {
    return TensorToInteger.lower(
            tensor,
            Calibrate.runDefault(tensor),
            QuantizationOptions.fixed(bits, Map.of()),
            CONTEXT)
        .program();
  }

  private static long count(Program program, Class<?> type) {
    return program.main().body().stream().filter(type::isInstance).count();
  }
}
