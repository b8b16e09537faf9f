package org.zkc.passes.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.zkc.ir.DType;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.Value;
import org.zkc.ir.interpret.TensorInterpreter;
import org.zkc.ir.tensor.IntegerDivision;

class WholeNumbersTest {
  private static long[] run(TorchCase c, TensorData x, Value y) {
    Program program = c.lower(new TensorType(x.dtype(), x.shape()), y);
    return TensorInterpreter.run(program, List.of(x)).getFirst().toLongs();
  }

  private static Value cast(TorchCase c, Value x, int type) {
    return c.op("aten.to/dtype", x, type, false, false, null);
  }

  @Test
  void realNumbersBecomeIntegersTowardsZero() {
    TorchCase c = new TorchCase();
    TensorData x = TorchCase.data(Shape.of(5), -2.75, -0.5, 0, 1.25, 7);
    assertArrayEquals(new long[] {-2, 0, 0, 1, 7}, run(c, x, cast(c, c.x, 4)));
  }

  @Test
  void realNumbersAreTrueWhereTheyAreNotZero() {
    TorchCase c = new TorchCase();
    TensorData x = TorchCase.data(Shape.of(3), -2.75, 0, 0.5);
    Program program = c.lower(x.shape(), cast(c, c.x, 11));
    TensorData y = TensorInterpreter.run(program, List.of(x)).getFirst();
    assertEquals(DType.I1, y.dtype());
    assertArrayEquals(new long[] {1, 0, 1}, y.toLongs());
  }

  @Test
  void quotientsOfIntegersAreRoundedAsIntegers() {
    TensorData x = TensorData.ofLongs(DType.I64, Shape.of(6), new long[] {-7, -6, -1, 0, 5, 9});
    TorchCase c = new TorchCase();
    Value quotient = c.op("aten.div/Tensor", c.x, 3);
    Value y = cast(c, quotient, 4);
    assertArrayEquals(new long[] {-2, -2, 0, 0, 1, 3}, run(c, x, y));
    TorchCase d = new TorchCase();
    Value floor = cast(d, d.op("aten.floor", d.op("aten.div/Tensor", d.x, 3)), 4);
    assertArrayEquals(new long[] {-3, -2, -1, 0, 1, 3}, run(d, x, floor));
    assertTrue(
        d.lower(new TensorType(DType.I64, x.shape()), floor).main().body().stream()
            .anyMatch(IntegerDivision.class::isInstance));
  }

  /** 7 / 14 and 21 / 14 are halves, whose even neighbours are 0 and 2. */
  @Test
  void halvesOfQuotientsOfIntegersBecomeEven() {
    TensorData x = TensorData.ofLongs(DType.I64, Shape.of(6), new long[] {-21, -7, 6, 7, 8, 21});
    TorchCase c = new TorchCase();
    Value rounded = cast(c, c.op("aten.round", c.op("aten.div/Tensor", c.x, 14)), 4);
    assertArrayEquals(new long[] {-2, 0, 0, 0, 1, 2}, run(c, x, rounded));
    assertTrue(
        c.lower(new TensorType(DType.I64, x.shape()), rounded).main().body().stream()
            .anyMatch(IntegerDivision.class::isInstance));
  }
}
