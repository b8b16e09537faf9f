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
      int[] expected = new int[lines(left) * outputs];
      for (int line = 0; line < lines(left); line++) {
        int matrix = isShared || rows == 0 ? 0 : line / rows;
        for (int o = 0; o < outputs; o++) {
          for (int i = 0; i < depth; i++) {
            expected[line * outputs + o] +=
                a[line * depth + i] * b[(matrix * outputs + o) * depth + i];
          }
        }
      }
      TaskRunner tasks = new Threads(1 + random.nextInt(5));
      assertArrayEquals(expected, IntMatMul.run(a, left, b, right, tasks), "seed " + seed);
    }
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
