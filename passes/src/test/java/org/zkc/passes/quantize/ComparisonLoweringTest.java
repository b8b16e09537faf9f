package org.zkc.passes.quantize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.List;
import java.util.Optional;
import java.util.Random;
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
import org.zkc.ir.tensor.Comparison;
import org.zkc.ir.tensor.TensorBuilder;
import org.zkc.passes.PassContext;
import org.zkc.passes.circuit.IntegerToCircuit;

/** Signs of integers are exact whatever their width. */
class ComparisonLoweringTest {
  private static final int COUNT = 200;

  /** Whether x y is in the relation to 0, for x and y of so many bits. */
  private static void exact(Comparison comparison, int bits) {
    TensorBuilder b = new TensorBuilder(Location.UNKNOWN);
    TensorType type = new TensorType(DType.I64, Shape.of(COUNT));
    Value x = b.parameter("x", type);
    Value y = b.parameter("y", type);
    Value result = b.compareZero(b.multiply(x, y), comparison);
    Program tensor = Program.of(Level.TENSOR, b.build(List.of(result)));
    Random random = new Random(bits);
    long most = (1L << bits) - 1;
    long[] left = new long[COUNT];
    long[] right = new long[COUNT];
    for (int k = 0; k < COUNT; k++) {
      // The ends, what is next to 0, and what lies between.
      left[k] =
          k < 3 ? k - 1 : k == 3 ? most : k == 4 ? -most - 1 : random.nextLong(-3, 4) * (most / 3);
      right[k] =
          k % 7 == 0 ? 0 : k % 2 == 0 ? 1 : k == 3 || k == 5 ? most : random.nextLong(-most, most);
    }
    List<List<TensorData>> samples =
        List.of(
            List.of(
                TensorData.ofLongs(DType.I64, Shape.of(COUNT), left),
                TensorData.ofLongs(DType.I64, Shape.of(COUNT), right)));
    Program integer =
        TensorToInteger.lower(
                tensor,
                Calibrate.run(tensor, samples),
                QuantizationOptions.DEFAULT,
                Optional.empty(),
                new PassContext())
            .program();
    long[] expected = new long[COUNT];
    for (int k = 0; k < COUNT; k++) {
      expected[k] = comparison.holds(left[k] * right[k]) ? 1 : 0;
    }
    List<long[]> inputs = List.of(left, right);
    assertArrayEquals(expected, IntegerInterpreter.run(integer, inputs).getFirst());
    Program circuit = IntegerToCircuit.lower(integer, new PassContext());
    assertArrayEquals(expected, CircuitInterpreter.run(circuit, inputs).getFirst());
  }

  @ParameterizedTest
  @EnumSource(Comparison.class)
  void ofFewBits(Comparison comparison) {
    exact(comparison, 4);
  }

  @ParameterizedTest
  @EnumSource(Comparison.class)
  void ofManyBits(Comparison comparison) {
    exact(comparison, 11);
  }
}
