package org.zkc.ir.view;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import org.zkc.ir.Shape;

/**
 * Evaluates views on row-major arrays of any element type. Every {@link Move} is a walk over its
 * box, in runs along the last axis.
 *
 * @param <A> the array type
 */
public final class ViewKernel<A> {
  public static final ViewKernel<float[]> FLOATS =
      new ViewKernel<>(float[]::new, ViewKernel::fill, ViewKernel::run);
  public static final ViewKernel<int[]> INTS =
      new ViewKernel<>(int[]::new, ViewKernel::fill, ViewKernel::run);
  public static final ViewKernel<long[]> LONGS =
      new ViewKernel<>(long[]::new, ViewKernel::fill, ViewKernel::run);

  @FunctionalInterface
  private interface Fill<A> {
    void fill(A out, Number value);
  }

  /** out[to + i * toStep] = in[from + i * fromStep] for i below count. */
  @FunctionalInterface
  private interface Run<A> {
    void run(A in, int from, int fromStep, A out, int to, int toStep, int count);
  }

  private final IntFunction<A> allocate;
  private final Fill<A> fill;
  private final Run<A> run;

  private ViewKernel(IntFunction<A> allocate, Fill<A> fill, Run<A> run) {
    this.allocate = allocate;
    this.fill = fill;
    this.run = run;
  }

  /**
   * The result's elements.
   *
   * @param operands one array per operand, of the operand's size
   * @return an array of its own, but that of the operand for a reshape
   */
  public A apply(View view, List<A> operands) {
    if (view instanceof Reshape) {
      return operands.getFirst();
    }
    A out = allocate.apply(Math.toIntExact(view.result().shape().elementCount()));
    view.filler().ifPresent(value -> fill.fill(out, value));
    for (Move move : view.moves()) {
      if (move.box().elementCount() > 0) {
        walk(move, operands.get(move.operand()), out);
      }
    }
    return out;
  }

  private void walk(Move move, A in, A out) {
    Shape box = move.box();
    int last = box.rank() - 1;
    int count = last < 0 ? 1 : box.extent(last);
    int fromStep = last < 0 ? 1 : Math.toIntExact(move.fromSteps()[last]);
    int toStep = last < 0 ? 1 : Math.toIntExact(move.toSteps()[last]);
    int[] index = new int[Math.max(last, 0)];
    long runs = box.elementCount() / count;
    long from = move.from();
    long to = move.to();
    for (long i = 0; i < runs; i++) {
      run.run(in, (int) from, fromStep, out, (int) to, toStep, count);
      for (int axis = index.length - 1; axis >= 0; axis--) {
        from += move.fromSteps()[axis];
        to += move.toSteps()[axis];
        if (++index[axis] < box.extent(axis)) {
          break;
        }
        from -= move.fromSteps()[axis] * index[axis];
        to -= move.toSteps()[axis] * index[axis];
        index[axis] = 0;
      }
    }
  }

  private static void fill(float[] out, Number value) {
    Arrays.fill(out, value.floatValue());
  }

  private static void fill(int[] out, Number value) {
    Arrays.fill(out, Math.toIntExact(value.longValue()));
  }

  private static void fill(long[] out, Number value) {
    Arrays.fill(out, value.longValue());
  }

  private static void run(
      float[] in, int from, int fromStep, float[] out, int to, int toStep, int count) {
    if (fromStep == 1 && toStep == 1) {
      System.arraycopy(in, from, out, to, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      out[to + i * toStep] = in[from + i * fromStep];
    }
  }

  private static void run(
      int[] in, int from, int fromStep, int[] out, int to, int toStep, int count) {
    if (fromStep == 1 && toStep == 1) {
      System.arraycopy(in, from, out, to, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      out[to + i * toStep] = in[from + i * fromStep];
    }
  }

  private static void run(
      long[] in, int from, int fromStep, long[] out, int to, int toStep, int count) {
    if (fromStep == 1 && toStep == 1) {
      System.arraycopy(in, from, out, to, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      out[to + i * toStep] = in[from + i * fromStep];
    }
  }
}
