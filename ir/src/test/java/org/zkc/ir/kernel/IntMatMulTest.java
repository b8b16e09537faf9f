package org.zkc.ir.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.zkc.ir.Shape;

/** The product in blocks against its definition, over random shapes and numbers of threads. */
class IntMatMulTest {
  private record Threads(int threads) implements TaskRunner {
    @Override
    public void forEach(int count, IntConsumer task) {
      for (int k = count - 1; k >= 0; k--) { // in another order than is usual
        task.accept(k);
      }
    }
  }

  @Test
  void blocksGiveTheDefinition() {
    for (long seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      List<Integer> batch = new ArrayList<>();
      for (int k = random.nextInt(3); k > 0; k--) {
        batch.add(random.nextInt(4));
      }
      int rows = random.nextInt(6);
      int depth = random.nextInt(40);
      int outputs = random.nextInt(30);
      boolean isShared = random.nextBoolean();
      Shape left = under(batch, rows, depth);
      Shape right = under(isShared ? List.of() : batch, outputs, depth);
      int[] a = random.ints(left.elementCount()).toArray();
      int[] b = random.ints(right.elementCount()).toArray();
      int[] expected = definition(a, lines(left), isShared ? lines(left) : rows, depth, b, outputs);
      TaskRunner tasks = new Threads(1 + random.nextInt(5));
      assertArrayEquals(expected, IntMatMul.run(a, left, b, right, tasks), "seed " + seed);
    }
  }

  @Test
  void tilesGiveTheDefinition() {
    for (MatrixLoops<int[]> loops : List.of(new PlainIntLoops(), new VectorIntLoops())) {
      for (long seed = 0; seed < 60; seed++) {
        Random random = new Random(seed);
        int batch = 1 + random.nextInt(3);
        int rows = 1 + random.nextInt(20);
        int depth = 1 + random.nextInt(seed % 4 == 0 ? 600 : 40);
        int outputs = 1 + random.nextInt(seed % 3 == 0 ? 150 : 40);
        int[] a = random.ints((long) batch * rows * depth).toArray();
        int[] b = random.ints((long) batch * outputs * depth).toArray();
        int[] expected = definition(a, batch * rows, rows, depth, b, outputs);
        int[] out = new int[expected.length];
        new IntTiles(loops, rows, depth, outputs)
            .run(
                a,
                batch,
                (matrix, row, to) ->
                    System.arraycopy(b, (matrix * outputs + row) * depth, to, 0, depth),
                out,
                new Threads(1 + random.nextInt(5)));
        assertArrayEquals(expected, out, "seed " + seed);
      }
    }
  }

  /** {@code rows} lines of the left factor belong to each matrix of the right one. */
  private static int[] definition(
      int[] left, int lines, int rows, int depth, int[] right, int outputs) {
    int[] out = new int[lines * outputs];
    for (int line = 0; line < lines; line++) {
      for (int o = 0; o < outputs; o++) {
        for (int i = 0; i < depth; i++) {
          out[line * outputs + o] +=
              left[line * depth + i] * right[(line / rows * outputs + o) * depth + i];
        }
      }
    }
    return out;
  }

  private static int lines(Shape left) {
    int lines = 1;
    for (int extent : left.extents().subList(0, left.rank() - 1)) {
      lines *= extent;
    }
    return lines;
  }

  private static Shape under(List<Integer> batch, int rows, int columns) {
    List<Integer> extents = new ArrayList<>(batch);
    extents.add(rows);
    extents.add(columns);
    return new Shape(extents);
  }
}
