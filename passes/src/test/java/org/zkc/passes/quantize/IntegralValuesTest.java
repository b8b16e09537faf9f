package org.zkc.passes.quantize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.zkc.ir.DType;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.Value;
import org.zkc.ir.interpret.IntegerInterpreter;
import org.zkc.ir.interpret.TensorInterpreter;
import org.zkc.ir.tensor.Comparison;
import org.zkc.ir.tensor.ScalarFunction;
import org.zkc.ir.tensor.TensorBuilder;
import org.zkc.passes.PassContext;

/** Counts of booleans are exact, so that they equal the numbers they are compared with. */
class IntegralValuesTest {

  @Test
  void countsEqualTheNumbersTheyAreComparedWith() {
    Random random = new Random(3);
    float[] weights = new float[9 * 11];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = random.nextInt(-1, 2);
    }
    float[] wanted = new float[9];
    for (int i = 0; i < wanted.length; i++) {
      wanted[i] = random.nextInt(-2, 3);
    }
    TensorBuilder b = new TensorBuilder(Location.UNKNOWN);
    Value x = b.parameter("x", new TensorType(DType.I1, Shape.of(20, 11)));
    Value matrix = b.constant(TensorData.ofFloats(Shape.of(9, 11), weights), "paths");
    Value counts = b.linear(b.cast(x, DType.F32), matrix, Optional.empty());
    Value apart = b.subtract(counts, b.constant(TensorData.ofFloats(Shape.of(9), wanted), ""));
    Value result = b.compareZero(apart, Comparison.EQUAL);
    Program tensor = Program.of(Level.TENSOR, b.build(List.of(result)));
    long[] input = random.longs(20 * 11, 0, 2).toArray();
    List<TensorData> sample = List.of(TensorData.ofLongs(DType.I1, Shape.of(20, 11), input));
    Program integer =
        TensorToInteger.lower(
                tensor,
                Calibrate.run(tensor, List.of(sample)),
                QuantizationOptions.DEFAULT,
                Optional.empty(),
                new PassContext())
            .program();
    assertArrayEquals(
        TensorInterpreter.run(tensor, sample).getFirst().toLongs(),
        IntegerInterpreter.run(integer, List.of(input)).getFirst());
  }

  /** Codes of finite scalar quantisation: bounded numbers, rounded and weighted by place values. */
  @Test
  void placeValuesOfRoundedNumbersAddUpExactly() {
    TensorBuilder b = new TensorBuilder(Location.UNKNOWN);
    Value x = b.parameter("x", new TensorType(DType.F32, Shape.of(40, 3)));
    Value level = b.pointwise(b.multiply(b.clamp(x, -1, 1), b.scalar(3)), ScalarFunction.ROUND);
    Value weights = b.constant(TensorData.ofFloats(Shape.of(3), new float[] {1, 7, 49}), "");
    Value weighted = b.multiply(b.add(level, b.scalar(3)), weights);
    Value code = b.windowMean(weighted, 1, List.of(0), List.of(3), List.of(1));
    Value result = b.cast(b.pointwise(code, ScalarFunction.TRUNC), DType.I64);
    Program tensor = Program.of(Level.TENSOR, b.build(List.of(result)));
    Random random = new Random(5);
    float[] numbers = new float[120];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = random.nextInt(-96, 97) / 64f;
    }
    List<TensorData> sample = List.of(TensorData.ofFloats(Shape.of(40, 3), numbers));
    Program integer =
        TensorToInteger.lower(
                tensor,
                Calibrate.run(tensor, List.of(sample)),
                QuantizationOptions.DEFAULT,
                Optional.empty(),
                new PassContext())
            .program();
    double scale = integer.main().parameters().getFirst().integerType().scale();
    long[] input = new long[numbers.length];
    for (int i = 0; i < input.length; i++) {
      input[i] = (long) Math.rint(numbers[i] / scale);
    }
    long[] expected = TensorInterpreter.run(tensor, sample).getFirst().toLongs();
    assertArrayEquals(expected, IntegerInterpreter.run(integer, List.of(input)).getFirst());
  }
}
