package org.zkc.passes.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;

/** Values that are computed while compiling; the expected numbers are PyTorch's. */
final class ConstantOperandsTest {
  private static final TensorData ONE = TorchCase.data(Shape.of(1), 1);

  private static TensorData floats(double... elements) {
    return TorchCase.data(Shape.of(elements.length), elements);
  }

  /** The elements of a constant, which are added to an input of zeros to make an output. */
  private static double[] constant(TorchCase c, Value value, int count) {
    Value sum = c.op("aten.add", c.x, c.op("aten.to", value, 6), 1);
    return c.run(TorchCase.data(Shape.of(count), new double[count]), sum).toDoubles();
  }

  private static void check(double[] expected, TorchCase c, Value value) {
    double[] found = constant(c, value, expected.length);
    assertArrayEquals(expected, found, 1e-6, () -> Arrays.toString(found));
  }

  @Test
  void aNumberIsRoundedToTheTypeOfTheTensorThatItMeets() {
    TorchCase c = new TorchCase();
    Value above = c.op("aten.gt", floats(0.1, 0.2, 0.7), 0.1);
    check(new double[] {0, 1, 1}, c, above);
    c = new TorchCase();
    check(new double[] {1, 1, 1}, c, c.op("aten.le", floats(0.1, 0.2, 0.7), 0.7));
    c = new TorchCase();
    check(new double[] {0, 0}, c, c.op("aten.sub", floats(0.1, 0.1), 0.1, 1));
    c = new TorchCase();
    TensorData doubles = TensorData.ofDoubles(Shape.of(2), new double[] {0.1, 0.1f});
    check(new double[] {1, 0}, c, c.op("aten.eq", doubles, 0.1));
  }

  @Test
  void integersAreComparedAsIntegersAndWithFloatsAsF32() {
    long large = (1L << 53) + 1;
    TensorData longs = TensorData.ofLongs(DType.I64, Shape.of(2), new long[] {large, large - 1});
    TorchCase c = new TorchCase();
    check(new double[] {1, 0}, c, c.op("aten.gt", longs, large - 1));
    c = new TorchCase();
    TensorData odd = TensorData.ofLongs(DType.I64, Shape.of(1), new long[] {(1 << 24) + 1});
    check(new double[] {0}, c, c.op("aten.gt", odd, 16777216.5));
  }

  @Test
  void quotientsAreFlooredExactly() {
    TorchCase c = new TorchCase();
    check(new double[] {-4, 3}, c, c.op("aten.floor_divide", floats(-7, 7), floats(2, 2)));
    c = new TorchCase();
    TensorData x = TensorData.ofDoubles(Shape.of(2), new double[] {7, -7});
    check(new double[] {69, -70}, c, c.op("aten.floor_divide", x, 0.1));
    c = new TorchCase();
    check(new double[] {1, -1}, c, c.op("aten.remainder", floats(-5, 5), floats(3, -3)));
  }

  @Test
  void sizesThatATraceFloors() {
    TorchCase c = new TorchCase();
    Value size = c.op("aten.to", c.op("prim.NumToTensor", c.op("aten.size/int", c.x, 0)), 6);
    Value scaled = c.op("aten.mul", size, TorchCase.data(Shape.of(), 1.5));
    Value floor = c.op("aten.Int", c.op("aten.floor", scaled));
    Value y =
        c.op(
            "aten.view",
            c.op("aten.cat", List.of(c.x, c.op("aten.slice/Tensor", c.x, 0, 0, 3, 1)), 0),
            List.of(floor));
    assertEquals(Shape.of(10), c.lower(Shape.of(7), y).main().results().getFirst().shape());
  }

  @Test
  void weightNorm() {
    TensorData v = TorchCase.data(Shape.of(2, 2), 3, 4, 0, 2);
    TensorData g = TorchCase.data(Shape.of(2, 1), 10, 1);
    TorchCase c = new TorchCase();
    Value w = c.op("aten._weight_norm", v, g, 0);
    check(new double[] {6, 8, 0, 1}, c, c.op("aten.view", w, List.of(4)));
    c = new TorchCase();
    w = c.op("aten._weight_norm", v, TorchCase.data(Shape.of(), Math.sqrt(29)), -1);
    check(new double[] {3, 4, 0, 2}, c, c.op("aten.view", w, List.of(4)));
  }

  @Test
  void spectralNorm() {
    TensorData w = TorchCase.data(Shape.of(2, 2), 3, 4, 0, 2);
    TorchCase c = new TorchCase();
    Value sigma = c.op("aten.dot", floats(1, 0), c.op("aten.mv", w, floats(0, 1)));
    Value scaled = c.op("aten.div", w, sigma);
    check(new double[] {0.75, 1, 0, 0.5}, c, c.op("aten.view", scaled, List.of(4)));
  }

  @Test
  void masksAndGrids() {
    TorchCase c = new TorchCase();
    Value mask = c.op("aten.gt", floats(1, 5, 2), 1.5);
    check(
        new double[] {-1, 5, 2},
        c,
        c.op("aten.where/self", mask, floats(1, 5, 2), floats(-1, -1, -1)));
    c = new TorchCase();
    check(
        new double[] {0.1, 0.4, 0.7, 1},
        c,
        c.op("aten.linspace", 0.1, 1, 4, null, null, null, null));
    c = new TorchCase();
    Value lower = c.op("aten.tril", c.op("aten.ones", List.of(2, 2), 6, null, null, null), 0);
    check(new double[] {1, 0, 1, 1}, c, c.op("aten.view", lower, List.of(4)));
    c = new TorchCase();
    check(new double[] {1, 3, 6}, c, c.op("aten.cumsum", floats(1, 2, 3), 0, null));
    c = new TorchCase();
    check(new double[] {3, 2, 1}, c, c.op("aten.flip", floats(1, 2, 3), List.of(0)));
  }

  @Test
  void anOperatorThatCannotBeProvedMattersOnlyWhereItsResultIsUsed() {
    TorchCase c = new TorchCase();
    Value counts = c.op("aten.gcd", c.x, c.x);
    Value pair = c.tuple(c.op("aten.relu", c.x), counts);
    Value used = c.op("prim.TupleIndex", pair, 0);
    assertArrayEquals(new float[] {1, 2}, c.run(TorchCase.counting(2), used).toFloats());
    TorchCase d = new TorchCase();
    Value refused = d.op("aten.relu", d.op("aten.gcd", d.x, d.x));
    UserException e = assertThrows(UserException.class, () -> d.lower(Shape.of(2), refused));
    assertTrue(e.getMessage().startsWith("operator aten.gcd "), e.getMessage());
    assertEquals("model.py:2", e.location().toString());
  }

  @Test
  void emptyParts() {
    TorchCase c = new TorchCase();
    Value nothing = c.op("aten.slice/Tensor", c.x, 0, 2, 9, 1);
    Value joined = c.op("aten.cat", List.of(c.op("aten.relu", c.x), nothing), 0);
    assertArrayEquals(new float[] {1, 2}, c.run(TorchCase.counting(2), joined).toFloats());
    TorchCase d = new TorchCase();
    Value empty = d.op("aten.slice/Tensor", d.x, 0, 2, 9, 1);
    UserException e = assertThrows(UserException.class, () -> d.lower(Shape.of(2), empty));
    assertTrue(e.getMessage().startsWith("an output has shape 0"), e.getMessage());
    assertEquals("model.py:2", e.location().toString());
  }

  @Test
  void namesOfOutputs() {
    TorchCase c = new TorchCase();
    Value relu = c.op("aten.relu", c.x);
    Value inner = c.op("prim.DictConstruct", "a", relu, "b c", relu);
    Value dict = c.op("prim.DictConstruct", "out", relu, "list", List.of(relu, c.x), "in", inner);
    assertEquals(
        List.of("out", "list.0", "list.1", "in.a", "output4"),
        c.lowered(Shape.of(2), dict).outputNames());
    TorchCase one = new TorchCase();
    assertEquals(
        List.of("output"), one.lowered(Shape.of(2), one.op("aten.relu", one.x)).outputNames());
  }

  @Test
  void dictionariesAreReadAndWritten() {
    TorchCase c = new TorchCase();
    Value dict = c.op("prim.DictConstruct", "a", c.x);
    Value more = c.op("aten._set_item/str", dict, "b", c.op("aten.add", c.x, 1, 1));
    Value sum =
        c.op(
            "aten.add",
            c.op("aten.__getitem__/Dict_str", more, "b"),
            c.op("aten.len/Dict_str", more),
            1);
    assertArrayEquals(new float[] {4}, c.run(ONE, sum).toFloats());
  }

  @Test
  void dictionariesAreMadeOfPairsAndOfOthers() {
    TorchCase c = new TorchCase();
    Value pairs = c.op("aten.dict/str", List.of(c.tuple("a", c.x), c.tuple("b", c.x)));
    Value copy = c.op("aten.dict/Dict_str", pairs);
    Value empty = c.op("aten.dict");
    Value sum =
        c.op("aten.add", c.op("aten.len/Dict_str", copy), c.op("aten.len/Dict_str", empty), 1);
    Value y = c.op("aten.mul", c.op("aten.__getitem__/Dict_str", copy, "b"), sum);
    assertArrayEquals(new float[] {2}, c.run(ONE, y).toFloats());
  }

  @Test
  void assignmentsToParts() {
    for (int step = 1; step <= 4; step++) {
      for (int start = 0; start < 7; start++) {
        for (int end = start; end <= 7; end++) {
          float[] expected = {1, 2, 3, 4, 5, 6, 7};
          int count = 0;
          for (int i = start; i < end; i += step) {
            expected[i] = 10 + count++;
          }
          if (count == 7) {
            continue; // nothing of x is left
          }
          double[] part = new double[count];
          Arrays.setAll(part, k -> 10 + k);
          TorchCase c = new TorchCase();
          Value y = c.op("aten.slice_scatter", c.x, floats(part), 0, start, end, step);
          assertArrayEquals(
              expected,
              c.run(TorchCase.counting(7), y).toFloats(),
              "from %d to %d by %d".formatted(start, end, step));
        }
      }
    }
    TorchCase c = new TorchCase();
    Value y = c.op("aten.select_scatter", c.x, floats(8, 9), 1, -1);
    assertArrayEquals(
        new float[] {1, 2, 8, 4, 5, 9}, c.run(TorchCase.counting(2, 3), y).toFloats());
  }

  @Test
  void aValueOfTheInputIsWrittenIntoIntegersTowardsZero() {
    TorchCase c = new TorchCase();
    TensorData longs = TensorData.ofLongs(DType.I64, Shape.of(2), new long[2]);
    Value y = c.op("aten.copy", longs, c.x, false);
    assertArrayEquals(
        new long[] {-1, 2}, c.run(TorchCase.data(Shape.of(2), -1.75, 2.5), y).toLongs());
  }

  @Test
  void normsByRunningStatistics() {
    TorchCase c = new TorchCase();
    Value y =
        c.op(
            "aten.instance_norm",
            c.x,
            floats(2, 3),
            floats(1, 0),
            floats(1, 2),
            floats(4, 1),
            false,
            0.1,
            0.0,
            false);
    assertArrayEquals(new float[] {1, 0}, c.run(TorchCase.counting(1, 2), y).toFloats(), 1e-6f);
    TorchCase d = new TorchCase();
    Value none = d.op("aten.batch_norm", d.x, null, null, null, null, true, 0.1, 1e-5, false);
    // By its own statistics: each column of (1, 2), (3, 8) over the batch.
    assertArrayEquals(
        new float[] {-1, -1, 1, 1},
        d.run(TorchCase.data(Shape.of(2, 2), 1, 2, 3, 8), none).toFloats(),
        1e-4f);
    TorchCase half = new TorchCase();
    Value one =
        half.op("aten.batch_norm", half.x, null, null, floats(1, 2), null, true, 0.1, 1e-5, false);
    UserException e = assertThrows(UserException.class, () -> half.lower(Shape.of(1, 2), one));
    assertTrue(e.getMessage().contains("track_running_stats=True"), e.getMessage());
  }
}
