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
}
