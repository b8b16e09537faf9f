package org.zkc.passes.quantize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.zkc.ir.DType;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.Value;
import org.zkc.ir.interpret.CircuitInterpreter;
import org.zkc.ir.interpret.IntegerInterpreter;
import org.zkc.ir.tensor.ScalarFunction;
import org.zkc.ir.tensor.TensorBuilder;
import org.zkc.passes.PassContext;
import org.zkc.passes.circuit.IntegerToCircuit;

/** Real numbers become whole ones exactly where their own integers say where they lie. */
class WholeNumbersLoweringTest {
  private static final int COUNT = 129;

  /** From -16 to 16 in quarters. */
  private static float[] quarters() {
    float[] out = new float[COUNT];
    for (int i = 0; i < COUNT; i++) {
      out[i] = (i - 64) / 4f;
    }
    return out;
  }

  @FunctionalInterface
  private interface Network {
    Value of(TensorBuilder out, Value x);
  }

  /** The integers that the program gives for the numbers, at the integer and the circuit level. */
  private static long[] run(float[] seen, float[] numbers, Network network) {
    TensorBuilder b = new TensorBuilder(Location.UNKNOWN);
    Value x = b.parameter("x", new TensorType(DType.F32, Shape.of(numbers.length)));
    Program tensor = Program.of(Level.TENSOR, b.build(List.of(network.of(b, x))));
    Program integer =
        TensorToInteger.lower(
                tensor,
                Calibrate.run(tensor, List.of(List.of(TensorData.ofFloats(x.shape(), seen)))),
                QuantizationOptions.DEFAULT,
                Optional.empty(),
                new PassContext())
            .program();
    double scale = integer.main().parameters().getFirst().integerType().scale();
    long[] input = new long[numbers.length];
    for (int i = 0; i < input.length; i++) {
      input[i] = (long) Math.rint(numbers[i] / scale);
    }
    long[] found = IntegerInterpreter.run(integer, List.of(input)).getFirst();
    Program circuit = IntegerToCircuit.lower(integer, new PassContext());
    assertArrayEquals(found, CircuitInterpreter.run(circuit, List.of(input)).getFirst());
    assertEquals(1, integer.main().results().getFirst().integerType().scale());
    return found;
  }

  private static long[] expected(ScalarFunction function, float factor) {
    float[] numbers = quarters();
    long[] out = new long[numbers.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (long) function.apply(numbers[i] * factor, List.of());
    }
    return out;
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOOR", "CEIL", "ROUND", "TRUNC"})
  void wholeNumbersAndWhatLiesBetweenThem(ScalarFunction function) {
    assertArrayEquals(
        expected(function, 1),
        run(quarters(), quarters(), (out, x) -> out.cast(out.pointwise(x, function), DType.I64)));
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOOR", "CEIL", "ROUND", "TRUNC"})
  void throughSumsProductsAndBounds(ScalarFunction function) {
    long[] expected = expected(function, 2);
    long[] bounded = Arrays.stream(expected).map(q -> Math.clamp(3 * q + 1, -20, 50)).toArray();
    assertArrayEquals(
        bounded,
        run(
            quarters(),
            quarters(),
            (out, x) -> {
              Value whole = out.pointwise(out.multiply(x, out.scalar(2)), function);
              Value sum = out.add(out.multiply(whole, out.scalar(3)), out.scalar(1));
              Value cut = out.clamp(sum, -20, 50);
              return out.cast(out.pointwise(cut, ScalarFunction.TRUNC), DType.I64);
            }));
  }

  @Test
  void whatTheTypeDoesNotHoldIsTheNearestThatItHolds() {
    long[] expected =
        Arrays.stream(expected(ScalarFunction.TRUNC, 1)).map(q -> Math.max(q, 0)).toArray();
    float[] seen = quarters();
    for (int i = 0; i < seen.length; i++) {
      seen[i] = Math.abs(seen[i]);
    }
    assertArrayEquals(
        expected,
        run(
            seen,
            quarters(),
            (out, x) -> out.cast(out.pointwise(x, ScalarFunction.TRUNC), DType.U8)));
  }
}
