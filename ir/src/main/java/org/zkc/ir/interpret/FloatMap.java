package org.zkc.ir.interpret;

import java.util.function.DoubleUnaryOperator;
import org.zkc.ir.kernel.TaskRunner;
import org.zkc.ir.tensor.Elementwise;

/** Functions of single elements. */
final class FloatMap {
  /** Elements of a task. */
  private static final int TOGETHER = 1 << 15;

  private FloatMap() {}

  /** The function of every element, in double precision, rounded to single. */
  static float[] run(Elementwise op, float[] input, TaskRunner tasks) {
    float[] out = new float[input.length];
    tasks.forEach(
        (input.length + TOGETHER - 1) / TOGETHER,
        task -> {
          DoubleUnaryOperator function = op.operator();
          int end = Math.min(input.length, (task + 1) * TOGETHER);
          for (int i = task * TOGETHER; i < end; i++) {
            out[i] = (float) function.applyAsDouble(input[i]);
          }
        });
    return out;
  }
}
