package org.zkc.gkr.circuit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The number of times that each element of a view's outcome counts the source, where this number is
 * a product of one number for each axis. Windows, ranges and permutations keep that form, and so
 * does a reshape of uniform weights. A check thus need not visit the elements of broadcasts, sums
 * and slices.
 *
 * @param axes the numbers along each axis of the outcome, none negative
 */
record AxisWeights(List<long[]> axes) {
  /**
   * The weights of a view without negative factors; null where they are not such a product.
   * Overflow of 64 bits is an ArithmeticException.
   */
  static @Nullable AxisWeights of(List<Integer> shape, List<ViewStep> steps) {
    List<Integer> current = shape;
    List<long[]> axes = ones(shape, 1);
    for (ViewStep step : steps) {
      List<Integer> outcome = ViewSemantics.outcomeShape(current, step);
      switch (step) {
        case ViewStep.Permute p ->
            axes = p.permutation().stream().map(List.copyOf(axes)::get).toList();
        case ViewStep.Reshape r -> {
          long uniform = new AxisWeights(axes).uniform();
          if (uniform < 0 || outcome.isEmpty()) {
            return null;
          }
          axes = ones(outcome, uniform);
        }
        case ViewStep.Window w ->
            axes =
                with(
                    axes,
                    w.axis(),
                    new ViewStep.Window(
                        0, w.extent(), w.stride(), w.dilation(), w.offset(), w.taps()));
        case ViewStep.Ranges r ->
            axes =
                with(axes, r.axis(), new ViewStep.Ranges(0, r.starts(), r.lengths(), r.factors()));
        case ViewStep.Unfold u -> {
          return null;
        }
      }
      current = outcome;
    }
    return new AxisWeights(axes);
  }

  /** Weights that are all {@code value}: the first axis has it, the others 1. */
  private static List<long[]> ones(List<Integer> shape, long value) {
    ArrayList<long[]> out = new ArrayList<>();
    for (int extent : shape) {
      long[] axis = new long[extent];
      Arrays.fill(axis, out.isEmpty() ? value : 1);
      out.add(axis);
    }
    return out;
  }

  private static List<long[]> with(List<long[]> axes, int axis, ViewStep step) {
    ArrayList<long[]> out = new ArrayList<>(axes);
    out.set(axis, ViewSemantics.apply(axes.get(axis), List.of(axes.get(axis).length), step));
    return out;
  }

  /** The weight of every element, or -1 when they differ. */
  long uniform() {
    for (int a = 0; a < axes.size(); a++) {
      if (!isUniform(a)) {
        return -1;
      }
    }
    return without(-1);
  }

  /** The one axis along which weights differ, or -1 where there are none or several. */
  int onlyAxis() {
    int only = -1;
    for (int a = 0; a < axes.size(); a++) {
      if (!isUniform(a)) {
        if (only >= 0) {
          return -1;
        }
        only = a;
      }
    }
    return only;
  }

  /** The weights along {@link #onlyAxis}. */
  long[] along(int axis) {
    long[] out = axes.get(axis).clone();
    long others = without(axis);
    for (int k = 0; k < out.length; k++) {
      out[k] = Math.multiplyExact(out[k], others);
    }
    return out;
  }

  private boolean isUniform(int axis) {
    long[] numbers = axes.get(axis);
    for (long v : numbers) {
      if (v != numbers[0]) {
        return false;
      }
    }
    return true;
  }

  /** The product of the first numbers of all axes but one. */
  private long without(int axis) {
    long product = 1;
    for (int a = 0; a < axes.size(); a++) {
      product = a == axis ? product : Math.multiplyExact(product, axes.get(a)[0]);
    }
    return product;
  }

  /** All weights, row-major. */
  long[] all() {
    long[] out = {1};
    for (long[] axis : axes) {
      long[] next = new long[Math.multiplyExact(out.length, axis.length)];
      for (int k = 0; k < out.length; k++) {
        for (int j = 0; j < axis.length; j++) {
          next[k * axis.length + j] = Math.multiplyExact(out[k], axis[j]);
        }
      }
      out = next;
    }
    return out;
  }
}
