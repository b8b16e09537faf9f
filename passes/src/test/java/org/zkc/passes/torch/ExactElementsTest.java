package org.zkc.passes.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.Value;
import org.zkc.ir.interpret.TensorInterpreter;

/** Integers and booleans of the input, moved, joined, multiplied and compared exactly. */
final class ExactElementsTest {
  private static void check(
      DType dtype, long[] x, Shape shape, TorchCase c, Value y, long... expected) {
    TensorData found =
        TensorInterpreter.run(
                c.lower(new TensorType(dtype, shape), y),
                List.of(TensorData.ofLongs(dtype, shape, x)))
            .getFirst();
    long[] elements = new long[(int) found.elementCount()];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = found.getLong(i);
    }
    assertArrayEquals(expected, elements);
    assertEquals(dtype, found.dtype());
  }

  private static void integers(TorchCase c, Value y, long... expected) {
    check(DType.I64, new long[] {1, 2, -3, 4, 5, 6}, Shape.of(2, 3), c, y, expected);
  }

  @Test
  void integersAreMoved() {
    TorchCase flipped = new TorchCase();
    integers(flipped, flipped.op("aten.flip", flipped.x, List.of(1)), -3, 2, 1, 6, 5, 4);
    TorchCase rolled = new TorchCase();
    integers(rolled, rolled.op("aten.roll", rolled.x, List.of(1), List.of(1)), -3, 1, 2, 6, 4, 5);
    TorchCase repeated = new TorchCase();
    Value twice = repeated.op("aten.repeat_interleave/self_int", repeated.x, 2, 0, null);
    integers(repeated, twice, 1, 2, -3, 1, 2, -3, 4, 5, 6, 4, 5, 6);
    TorchCase diagonal = new TorchCase();
    integers(diagonal, diagonal.op("aten.diagonal", diagonal.x, 1, 0, 1), 2, 6);
    TorchCase around = new TorchCase();
    Value padded = around.op("aten.pad", around.x, List.of(1, 0), "circular", null);
    integers(around, padded, -3, 1, 2, -3, 6, 4, 5, 6);
  }

  @Test
  void booleansAreMovedAndStayBooleans() {
    TorchCase c = new TorchCase();
    Value y = c.op("aten.fliplr", c.x);
    check(DType.I1, new long[] {1, 0, 0, 1, 1, 0}, Shape.of(2, 3), c, y, 0, 0, 1, 0, 1, 1);
  }

  @Test
  void integersAreJoined() {
    TorchCase c = new TorchCase();
    Value row = c.op("aten.select/int", c.x, 0, 1);
    integers(c, c.op("aten.hstack", List.of(row, row)), 4, 5, 6, 4, 5, 6);
    TorchCase one = new TorchCase();
    integers(one, one.op("aten.atleast_3d", one.x), 1, 2, -3, 4, 5, 6);
  }

  @Test
  void integersAreMultiplied() {
    TensorData right = TensorData.ofLongs(DType.I64, Shape.of(3, 2), new long[] {1, 0, 0, 1, 1, 1});
    TensorData self = TensorData.ofLongs(DType.I64, Shape.of(2), new long[] {10, 20});
    TorchCase c = new TorchCase();
    integers(c, c.op("aten.addmm", self, c.x, right, 3, 2), 26, 58, 50, 82);
    TorchCase products = new TorchCase();
    integers(products, products.op("aten.cumprod", products.x, 1, null), 1, 2, -6, 4, 20, 120);
  }

  @Test
  void integersAreCompared() {
    TorchCase c = new TorchCase();
    integers(c, c.op("aten.relu", c.x), 1, 2, 0, 4, 5, 6);
    TorchCase cut = new TorchCase();
    integers(cut, cut.op("aten.hardtanh", cut.x, -0.5, 2.5), 1, 2, 0, 2, 2, 2);
    TorchCase bound = new TorchCase();
    TensorData low = TensorData.ofLongs(DType.I64, Shape.of(3), new long[] {2, 0, 0});
    integers(bound, bound.op("aten.clamp_min/Tensor", bound.x, low), 2, 2, 0, 4, 5, 6);
  }
}
