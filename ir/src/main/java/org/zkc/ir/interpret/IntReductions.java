package org.zkc.ir.interpret;

import java.util.Arrays;
import org.zkc.ir.Shape;
import org.zkc.ir.integer.Exponentials;
import org.zkc.ir.integer.WindowMax;
import org.zkc.ir.integer.WindowSum;
import org.zkc.ir.kernel.IntExponentials;
import org.zkc.ir.kernel.TaskRunner;

/** Ops that reduce integers along one axis; sums wrap modulo 2^32. */
final class IntReductions {
  /** Elements of a task. */
  private static final int TOGETHER = 1 << 16;

  private IntReductions() {}

  static int[] windowSum(WindowSum op, int[] input) {
    Shape shape = op.input().shape();
    int extent = shape.extent(op.axis());
    int inner = (int) shape.strides()[op.axis()];
    int outer = extent == 0 ? 0 : input.length / (extent * inner);
    int windows = op.starts().size();
    int[] out = new int[outer * windows * inner];
    for (int o = 0; o < outer; o++) {
      for (int w = 0; w < windows; w++) {
        int at = (o * windows + w) * inner;
        int factor = op.factors().get(w);
        for (int x = op.starts().get(w); x < op.starts().get(w) + op.lengths().get(w); x++) {
          int from = (o * extent + x) * inner;
          for (int i = 0; i < inner; i++) {
            out[at + i] += factor * input[from + i];
          }
        }
      }
    }
    return out;
  }

  /** Takes window maxima along the last axis position by position, along others row by row. */
  static int[] windowMax(WindowMax op, int[] input, TaskRunner tasks) {
    Shape shape = op.input().shape();
    int extent = shape.extent(op.axis());
    int inner = (int) shape.strides()[op.axis()];
    int outer = extent == 0 ? 0 : input.length / (extent * inner);
    int positions = op.result().shape().extent(op.axis());
    int[] out = new int[outer * positions * inner];
    Arrays.fill(out, Integer.MIN_VALUE);
    int together = Math.clamp(TOGETHER / Math.max(1, extent * inner), 1, Math.max(1, outer));
    tasks.forEach(
        (outer + together - 1) / together,
        task -> {
          for (int o = task * together; o < Math.min(outer, (task + 1) * together); o++) {
            windowMax(op, input, extent, inner, positions, o, out);
          }
        });
    return out;
  }

  /** The maxima at index {@code o} of the axes before. */
  private static void windowMax(
      WindowMax op, int[] input, int extent, int inner, int positions, int o, int[] out) {
    for (int t = 0; t < op.size(); t++) {
      int shift = t * op.dilation() - op.paddingLow();
      int first = shift >= 0 ? 0 : (-shift + op.stride() - 1) / op.stride();
      int end = shift >= extent ? 0 : Math.min(positions, (extent - 1 - shift) / op.stride() + 1);
      if (inner == 1) {
        int from = o * extent + shift;
        for (int p = first; p < end; p++) {
          int at = o * positions + p;
          out[at] = Math.max(out[at], input[from + p * op.stride()]);
        }
      } else {
        for (int p = first; p < end; p++) {
          int from = (o * extent + p * op.stride() + shift) * inner;
          int at = (o * positions + p) * inner;
          for (int i = 0; i < inner; i++) {
            out[at + i] = Math.max(out[at + i], input[from + i]);
          }
        }
      }
    }
  }

  /** The entries for the distances from the greatest element along the axis. */
  static int[] exponentials(Exponentials op, int[] input) {
    Shape shape = op.input().shape();
    int[] entries = new int[Math.toIntExact(op.entries().elementCount())];
    op.entries().copyInts(0, entries, 0, entries.length);
    return IntExponentials.run(
        input,
        shape.extent(op.axis()),
        (int) shape.strides()[op.axis()],
        op.shift(),
        entries,
        TaskRunner.CALLER);
  }
}
