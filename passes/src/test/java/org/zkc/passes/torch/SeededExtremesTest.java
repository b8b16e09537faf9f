package org.zkc.passes.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.zkc.ir.DType;
import org.zkc.ir.OpSpec;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Constant;

/** Extremes of what known indices write, which begin with a number that stands for infinity. */
final class SeededExtremesTest {
  private static TensorData filled(Shape shape, double number) {
    double[] elements = new double[(int) shape.elementCount()];
    Arrays.fill(elements, number);
    return TorchCase.data(shape, elements);
  }

  private static TensorData indices(Shape shape, long... elements) {
    return TensorData.ofLongs(DType.I64, shape, elements);
  }

  private static double greatestConstant(TorchCase c, Shape shape, Value y) {
    return c.lower(shape, y).main().body().stream()
        .filter(op -> op instanceof Constant)
        .map(op -> (Constant) op)
        .filter(op -> op.data().dtype() == DType.F32)
        .flatMapToDouble(op -> Arrays.stream(op.data().toDoubles()))
        .map(Math::abs)
        .max()
        .orElse(0);
  }

  /** The greatest of the edges into each node, as in a softmax over neighbours. */
  @Test
  void nothingReadsTheNumberWhereEachPlaceIsWrittenTo() {
    Shape edges = Shape.of(5);
    for (String reduction : new String[] {"amax", "amin"}) {
      boolean isGreatest = reduction.equals("amax");
      TorchCase c = new TorchCase();
      TensorData begin = filled(Shape.of(3), isGreatest ? -1e9 : 1e9);
      Value y =
          c.op(
              "aten.scatter_reduce", begin, 0, indices(edges, 2, 0, 1, 0, 2), c.x, reduction, true);
      TensorData x = TorchCase.data(edges, 4, -7, 3, 6, -5);
      float[] expected = isGreatest ? new float[] {6, 3, 4} : new float[] {-7, 3, -5};
      assertArrayEquals(expected, c.run(x, y).toFloats());
      assertEquals(1, greatestConstant(c, edges, y), "no constant is huge");
      assertTrue(
          c.lower(edges, y).main().body().stream()
              .anyMatch(op -> OpSpec.of(op).mnemonic().equals("clamp")));
    }
  }

  @Test
  void whatLiesBeyondTheNumberIsTheNumber() {
    Shape edges = Shape.of(2);
    TorchCase c = new TorchCase();
    Value y =
        c.op(
            "aten.scatter_reduce",
            filled(Shape.of(2), -1e4),
            0,
            indices(edges, 1, 0),
            c.x,
            "amax",
            true);
    assertArrayEquals(new float[] {3, -1e4f}, c.run(TorchCase.data(edges, -2e4, 3), y).toFloats());
  }

  /** Lines along the first axis, one of whose places nothing is written to. */
  @Test
  void placesThatNothingIsWrittenToKeepTheNumber() {
    Shape source = Shape.of(2, 2);
    TorchCase c = new TorchCase();
    Value y =
        c.op(
            "aten.scatter_reduce",
            filled(Shape.of(3, 2), -1e9),
            0,
            indices(source, 0, 2, 0, 0),
            c.x,
            "amax",
            true);
    float[] expected = {3, 4, -1e9f, -1e9f, -1e9f, 2};
    assertArrayEquals(expected, c.run(TorchCase.counting(2, 2), y).toFloats());
  }

  /** A number that counts for nothing may be infinite where its place is written to. */
  @Test
  void extremesOfWhatIsWrittenAloneBeginWithTheFirst() {
    Shape edges = Shape.of(5);
    for (double number : new double[] {Double.NEGATIVE_INFINITY, Double.NaN, 0, 100}) {
      TorchCase c = new TorchCase();
      TensorData begin = filled(Shape.of(3), number);
      Value y =
          c.op("aten.scatter_reduce", begin, 0, indices(edges, 2, 0, 1, 0, 2), c.x, "amax", false);
      TensorData x = TorchCase.data(edges, 4, -7, 3, -6, -5);
      assertArrayEquals(new float[] {-6, 3, 4}, c.run(x, y).toFloats());
    }
  }

  @Test
  void extremesOfWhatIsWrittenAloneKeepWhatNothingIsWrittenTo() {
    Shape source = Shape.of(2, 2);
    TorchCase c = new TorchCase();
    TensorData begin =
        TorchCase.data(
            Shape.of(3, 2), Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, 7, 8, 9, 10);
    Value y =
        c.op("aten.scatter_reduce", begin, 0, indices(source, 0, 2, 0, 0), c.x, "amin", false);
    float[] expected = {1, 4, 7, 8, 9, 2};
    assertArrayEquals(expected, c.run(TorchCase.counting(2, 2), y).toFloats());
  }

  @Test
  void infinityThatIsLeftIsRefused() {
    Shape edges = Shape.of(2);
    for (boolean includesSelf : new boolean[] {false, true}) {
      TorchCase c = new TorchCase();
      double infinity = Double.NEGATIVE_INFINITY;
      // Place 2 is not written to; with what it holds, place 0 begins with a number.
      TensorData begin =
          includesSelf
              ? TorchCase.data(Shape.of(3), 1, infinity, infinity)
              : filled(Shape.of(3), infinity);
      assertThrows(
          UserException.class,
          () ->
              c.lower(
                  edges,
                  c.op(
                      "aten.scatter_reduce",
                      begin,
                      0,
                      indices(edges, 1, 0),
                      c.x,
                      "amax",
                      includesSelf)));
    }
  }

  /** Infinity to begin with, along the last axis, in lines that are not the whole tensor. */
  @Test
  void infinityThatEveryNumberBeatsIsReadNowhere() {
    Shape source = Shape.of(1, 3);
    TorchCase c = new TorchCase();
    TensorData begin =
        TorchCase.data(Shape.of(2, 2), Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY, 5, 6);
    Value y = c.op("aten.scatter_reduce", begin, 1, indices(source, 1, 0, 1), c.x, "amax", false);
    float[] expected = {-2, 3, 5, 6};
    assertArrayEquals(expected, c.run(TorchCase.data(source, 1, -2, 3), y).toFloats());
    TorchCase all = new TorchCase();
    TensorData infinite = filled(Shape.of(1, 2), Double.NEGATIVE_INFINITY);
    Value z =
        all.op("aten.scatter_reduce", infinite, 1, indices(source, 1, 0, 1), all.x, "amax", true);
    assertArrayEquals(new float[] {-2, 3}, all.run(TorchCase.data(source, 1, -2, 3), z).toFloats());
  }
}
