package org.zkc.passes.quantize;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.zkc.ir.DType;
import org.zkc.ir.Location;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.interpret.IntegerInterpreter;
import org.zkc.ir.tensor.BitOperation;
import org.zkc.ir.tensor.DivisionPart;
import org.zkc.ir.tensor.TensorBuilder;

/** Divisions and bits of integers are exact on all levels, by tables and by quotients. */
class IntegerArithmeticTest {
  private static final long[] SMALL = {-20, -7, -1, 0, 1, 6, 7, 20};
  private static final long[] LARGE = {-900_000, -70_001, -1, 0, 1, 64, 65_537, 899_999};

  private static TensorData of(long... elements) {
    return TensorData.ofLongs(DType.I64, Shape.of(elements.length), elements);
  }

  private static Value input(TensorBuilder b, String name) {
    return b.parameter(name, new TensorType(DType.I64, Shape.of(8)));
  }

  private static void byConstant(long divisor, long[] numbers) {
    for (DivisionPart part : DivisionPart.values()) {
      TensorBuilder b = new TensorBuilder(Location.UNKNOWN);
      Value by = b.constant(TensorData.ofLongs(DType.I64, Shape.of(), new long[] {divisor}), "");
      ExactLevels.agree(b, b.divideIntegers(input(b, "x"), by, part), List.of(of(numbers)));
    }
  }

  private static Program together(
      BiFunction<TensorBuilder, List<Value>, Value> function, long[] x, long[] y) {
    TensorBuilder b = new TensorBuilder(Location.UNKNOWN);
    Value result = function.apply(b, List.of(input(b, "x"), input(b, "y")));
    return ExactLevels.agree(b, result, List.of(of(x), of(y)));
  }

  @Test
  void divisionsByConstants() {
    for (long divisor : new long[] {1, 7, 8, -7, -8}) {
      byConstant(divisor, SMALL);
      byConstant(divisor, LARGE);
    }
  }

  @Test
  void divisionsOfTwoTensors() {
    for (DivisionPart part : DivisionPart.values()) {
      long[] positive = {1, 2, 3, 4, 5, 6, 7, 8};
      long[] mixed = {1, -2, 3, -4, 5, -6, 7, -8};
      together((b, v) -> b.divideIntegers(v.get(0), v.get(1), part), SMALL, positive);
      together((b, v) -> b.divideIntegers(v.get(0), v.get(1), part), SMALL, mixed);
    }
  }

  @Test
  void aDivisionByZeroHasNoResult() {
    long[] by = {1, 2, 3, 4, 5, 6, 7, 8};
    Program integer =
        together(
            (b, v) -> b.divideIntegers(v.get(0), v.get(1), DivisionPart.FLOOR_QUOTIENT), SMALL, by);
    List<long[]> withZero = List.of(SMALL, new long[] {1, 2, 3, 0, 5, 6, 7, 8});
    assertThrows(ArithmeticException.class, () -> IntegerInterpreter.run(integer, withZero));
    UserException e = assertThrows(UserException.class, () -> byConstant(0, SMALL));
    assertTrue(e.getMessage().contains("by 0"), e.getMessage());
  }

  @Test
  void bits() {
    long[] other = {3, -3, 12, 19, -20, 0, 1, 5};
    long[] large = {30_000, -30_000, 12, 19, -1, 0, 255, 256};
    for (BitOperation operation : BitOperation.values()) {
      together((b, v) -> b.bitwise(v.get(0), v.get(1), operation), SMALL, other);
      together((b, v) -> b.bitwise(v.get(0), v.get(1), operation), LARGE, large);
    }
  }
}
