package org.zkc.passes.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.interpret.TensorInterpreter;
import org.zkc.ir.tensor.CompareZero;
import org.zkc.ir.torch.TupleUnpack;

/** Places of pooling maxima against a scan of each window, with many equal elements. */
class PoolIndicesTest {
  private static List<TensorData> run(TorchCase c, TensorData x, Value y) {
    return TensorInterpreter.run(c.lower(x.shape(), y), List.of(x));
  }

  private static TensorData plane(int height, int width, int seed) {
    double[] elements = new double[height * width];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = (i * 7 + seed * 3 + i * i) % 4;
    }
    return TorchCase.data(Shape.of(1, 1, height, width), elements);
  }

  /** The place of the first largest element of the window from (top, left). */
  private static long first(
      TensorData x, int top, int left, int[] kernel, int dilation, int height, int width) {
    long best = -1;
    for (int i = 0; i < kernel[0]; i++) {
      for (int j = 0; j < kernel[1]; j++) {
        int row = top + i * dilation;
        int column = left + j * dilation;
        boolean isInside = row >= 0 && row < height && column >= 0 && column < width;
        long place = (long) row * width + column;
        if (isInside && (best < 0 || x.getDouble(place) > x.getDouble(best))) {
          best = place;
        }
      }
    }
    return best;
  }

  @Test
  void theFirstOfEqualElementsInTheWindowWins() {
    int[][] cases = {
      // kernel, stride, padding, dilation
      {2, 2, 2, 0, 1}, {3, 3, 1, 1, 1}, {3, 2, 2, 1, 1}, {3, 3, 3, 1, 2}, {1, 3, 2, 0, 1}
    };
    for (int[] c : cases) {
      for (int seed = 0; seed < 5; seed++) {
        int height = 7;
        int width = 6;
        int[] kernel = {c[0], c[1]};
        List<Integer> padding = List.of(Math.min(c[3], c[0] / 2), Math.min(c[3], c[1] / 2));
        TorchCase t = new TorchCase();
        TensorData x = plane(height, width, seed);
        Value y =
            t.op(
                "aten.max_pool2d_with_indices",
                t.x,
                List.of(c[0], c[1]),
                List.of(c[2], c[2]),
                padding,
                List.of(c[4], c[4]),
                false);
        TensorData found = run(t, x, y).get(1);
        List<Long> expected = new ArrayList<>();
        for (int i = 0; i < found.shape().extent(2); i++) {
          for (int j = 0; j < found.shape().extent(3); j++) {
            int top = i * c[2] - padding.get(0);
            int left = j * c[2] - padding.get(1);
            expected.add(first(x, top, left, kernel, c[4], height, width));
          }
        }
        assertArrayEquals(expected.stream().mapToLong(Long::longValue).toArray(), found.toLongs());
      }
    }
  }

  @Test
  void windowsOfAdaptivePoolingHaveSeveralLengths() {
    TorchCase c = new TorchCase();
    TensorData x = TorchCase.data(Shape.of(1, 5), 1, 3, 3, 2, 3);
    Value y = c.op("aten.adaptive_max_pool1d", c.x, List.of(3));
    // [0, 2), [1, 4), [3, 5)
    assertArrayEquals(new long[] {1, 1, 4}, run(c, x, y).get(1).toLongs());
  }

  @Test
  void windowsOfOneElementAreKnown() {
    TorchCase c = new TorchCase();
    Value y =
        c.op(
            "aten.max_pool1d_with_indices",
            c.x,
            List.of(1),
            List.of(2),
            List.of(0),
            List.of(1),
            false);
    assertArrayEquals(
        new long[] {0, 2, 4}, run(c, TorchCase.counting(1, 1, 5), y).get(1).toLongs());
  }

  @Test
  void unpoolingPutsMaximaBack() {
    TorchCase c = new TorchCase();
    Value pooled =
        c.op(
            "aten.max_pool2d_with_indices",
            c.x,
            List.of(2, 2),
            List.of(2, 2),
            List.of(0, 0),
            List.of(1, 1),
            false);
    Value maxima = c.builder.fresh("maxima", TorchCase.TENSOR);
    Value places = c.builder.fresh("places", TorchCase.TENSOR);
    c.builder.append(new TupleUnpack(List.of(maxima, places), pooled, c.next()));
    Value y = c.op("aten.max_unpool2d", maxima, places, List.of(3, 4));
    TensorData x = TorchCase.data(Shape.of(1, 1, 3, 4), 1, 2, 4, 4, 2, 0, 3, 4, 9, 9, 9, 9);
    Program program = c.lower(x.shape(), y);
    assertArrayEquals(
        new float[] {0, 2, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0},
        TensorInterpreter.run(program, List.of(x)).getFirst().toFloats());
    // Every place asks its own window: no line of zeros is compared with every index.
    assertEquals(
        12,
        program.main().body().stream()
            .filter(CompareZero.class::isInstance)
            .mapToLong(op -> op.definitions().getFirst().shape().elementCount())
            .sum());
  }

  @Test
  void unpoolingToAnotherSizeWritesByIndex() {
    TorchCase c = new TorchCase();
    TensorData places = TorchCase.data(Shape.of(1, 1, 2), 4, 1);
    Value y =
        c.op(
            "aten.max_unpool2d",
            c.op("aten.neg", c.x),
            c.op("aten.to/dtype", places, 4, false, false, null),
            List.of(1, 6));
    assertArrayEquals(
        new float[] {0, -2, 0, 0, -1, 0}, c.run(TorchCase.counting(1, 1, 2), y).toFloats());
  }
}
