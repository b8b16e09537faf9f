package org.zkc.ir.interpret;

import java.util.Arrays;
import java.util.List;
import org.zkc.ir.Shape;
import org.zkc.ir.integer.Broadcast;
import org.zkc.ir.integer.Concatenate;
import org.zkc.ir.integer.Pad;
import org.zkc.ir.integer.Slice;
import org.zkc.ir.integer.Transpose;

/** Ops that move integers without arithmetic, as walks along strides. */
final class IntViews {
  private IntViews() {}

  static int[] transpose(Transpose op, int[] input) {
    long[] strides = op.input().shape().strides();
    long[] permuted = op.permutation().stream().mapToLong(axis -> strides[axis]).toArray();
    return gather(input, 0, permuted, op.result().shape());
  }

  static int[] slice(Slice op, int[] input) {
    long[] strides = op.input().shape().strides();
    long offset = 0;
    for (int axis = 0; axis < strides.length; axis++) {
      offset += op.starts().get(axis) * strides[axis];
      strides[axis] *= op.strides().get(axis);
    }
    return gather(input, offset, strides, op.result().shape());
  }

  static int[] broadcast(Broadcast op, int[] input) {
    Shape from = op.input().shape();
    Shape to = op.result().shape();
    long[] strides = new long[to.rank()];
    long[] source = from.strides();
    int added = to.rank() - from.rank();
    for (int axis = 0; axis < from.rank(); axis++) {
      strides[added + axis] = from.extent(axis) == 1 ? 0 : source[axis];
    }
    return gather(input, 0, strides, to);
  }

  static int[] pad(Pad op, int[] input) {
    Shape from = op.input().shape();
    int[] out = new int[Math.toIntExact(op.result().shape().elementCount())];
    Arrays.fill(out, Math.toIntExact(op.value()));
    long[] strides = op.result().shape().strides();
    int last = from.rank() - 1;
    int run = last < 0 ? 1 : from.extent(last);
    int[] index = new int[Math.max(last, 0)];
    for (int i = 0; i < input.length; i += run) {
      long at = last < 0 ? 0 : op.low().get(last);
      for (int axis = 0; axis < index.length; axis++) {
        at += (index[axis] + op.low().get(axis)) * strides[axis];
      }
      System.arraycopy(input, i, out, (int) at, run);
      advance(index, from);
    }
    return out;
  }

  static int[] concatenate(Concatenate op, List<int[]> inputs) {
    Shape shape = op.result().shape();
    int outer = 1;
    for (int axis = 0; axis < op.axis(); axis++) {
      outer *= shape.extent(axis);
    }
    int[] out = new int[Math.toIntExact(shape.elementCount())];
    int at = 0;
    for (int block = 0; block < outer; block++) {
      for (int[] input : inputs) {
        int run = input.length / outer;
        System.arraycopy(input, block * run, out, at, run);
        at += run;
      }
    }
    return out;
  }

  /** {@code out[index] = input[offset + index . strides]} for each index of {@code shape}. */
  private static int[] gather(int[] input, long offset, long[] strides, Shape shape) {
    int[] out = new int[Math.toIntExact(shape.elementCount())];
    if (out.length == 0) {
      return out;
    }
    int last = shape.rank() - 1;
    int run = last < 0 ? 1 : shape.extent(last);
    int step = last < 0 ? 0 : (int) strides[last];
    int[] index = new int[Math.max(last, 0)];
    for (int i = 0; i < out.length; i += run) {
      long at = offset;
      for (int axis = 0; axis < index.length; axis++) {
        at += index[axis] * strides[axis];
      }
      int from = (int) at;
      for (int j = 0; j < run; j++) {
        out[i + j] = input[from + j * step];
      }
      advance(index, shape);
    }
    return out;
  }

  /**
   * The next index in row-major order over the first {@code index.length} axes of {@code shape}.
   */
  private static void advance(int[] index, Shape shape) {
    for (int axis = index.length - 1; axis >= 0; axis--) {
      if (++index[axis] < shape.extent(axis)) {
        return;
      }
      index[axis] = 0;
    }
  }
}
