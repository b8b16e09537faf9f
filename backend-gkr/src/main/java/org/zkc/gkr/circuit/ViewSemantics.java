package org.zkc.gkr.circuit;

import java.util.ArrayList;
import java.util.List;

/**
 * The effect of a {@link ViewStep} on a shape and on the elements of a tensor. This class is the
 * reference for the executor, for the weights' transposes and for the interval analysis.
 */
public final class ViewSemantics {
  /**
   * Extents, strides, offsets and factors of a step stay inside (-2^30, 2^30), so that indices fit
   * in a long.
   */
  private static final long LIMIT = Interval.BOUND;

  private ViewSemantics() {}

  /**
   * The shape of the outcome.
   *
   * @throws InvalidCircuit when the step does not fit the shape
   */
  public static List<Integer> outcomeShape(List<Integer> shape, ViewStep step) {
    return switch (step) {
      case ViewStep.Permute p -> permuted(shape, p);
      case ViewStep.Reshape r -> reshaped(shape, r);
      case ViewStep.Window w -> {
        requireAxis(shape, w.axis(), "window");
        require(w.extent() >= 1 && w.taps() >= 1, "window: extent and taps must be positive");
        require(
            w.stride() >= 0 && w.dilation() >= 0,
            "window: stride and dilation must not be negative");
        require(
            small(w.extent(), w.taps(), w.stride(), w.dilation(), w.offset()),
            "window: numbers too large");
        yield with(shape, w.axis(), w.extent());
      }
      case ViewStep.Ranges r -> {
        requireAxis(shape, r.axis(), "ranges");
        int n = shape.get(r.axis());
        require(!r.starts().isEmpty(), "ranges: none given");
        require(
            r.starts().size() == r.lengths().size() && r.starts().size() == r.factors().size(),
            "ranges: starts, lengths and factors differ in number");
        for (int j = 0; j < r.starts().size(); j++) {
          int start = r.starts().get(j);
          int length = r.lengths().get(j);
          require(
              start >= 0 && length >= 1 && (long) start + length <= n,
              "ranges: range outside the axis");
          require(small(r.factors().get(j)), "ranges: factor too large");
        }
        yield with(shape, r.axis(), r.starts().size());
      }
      case ViewStep.Unfold u -> {
        requireAxis(shape, u.axis(), "unfold");
        require(u.positions() >= 1 && u.taps() >= 1, "unfold: positions and taps must be positive");
        require(
            u.stride() >= 0 && u.dilation() >= 0,
            "unfold: stride and dilation must not be negative");
        require(
            small(u.positions(), u.taps(), u.stride(), u.dilation(), u.offset()),
            "unfold: numbers too large");
        ArrayList<Integer> out = new ArrayList<>(shape);
        out.set(u.axis(), u.positions());
        out.add(u.axis() + 1, u.taps());
        yield out;
      }
    };
  }

  /** Numbers that are equal only for equal steps on an equal shape. */
  public static int[] numbers(List<Integer> shape, List<ViewStep> steps) {
    ArrayList<Integer> out = new ArrayList<>();
    add(out, shape);
    for (ViewStep step : steps) {
      switch (step) {
        case ViewStep.Permute p -> {
          out.add(0);
          add(out, p.permutation());
        }
        case ViewStep.Reshape r -> {
          out.add(1);
          add(out, r.shape());
        }
        case ViewStep.Window w ->
            out.addAll(
                List.of(2, w.axis(), w.extent(), w.stride(), w.dilation(), w.offset(), w.taps()));
        case ViewStep.Ranges r -> {
          out.addAll(List.of(3, r.axis()));
          add(out, r.starts());
          add(out, r.lengths());
          add(out, r.factors());
        }
        case ViewStep.Unfold u ->
            out.addAll(
                List.of(
                    4, u.axis(), u.positions(), u.taps(), u.stride(), u.dilation(), u.offset()));
      }
    }
    int[] numbers = new int[out.size()];
    for (int k = 0; k < numbers.length; k++) {
      numbers[k] = out.get(k);
    }
    return numbers;
  }

  private static void add(List<Integer> out, List<Integer> list) {
    out.add(list.size());
    out.addAll(list);
  }

  /** The additions that {@link #apply} makes; the step fits the shape. */
  static long work(List<Integer> shape, ViewStep step) {
    return switch (step) {
      case ViewStep.Permute p -> 0;
      case ViewStep.Reshape r -> 0;
      case ViewStep.Window w -> product(others(shape, w.axis()), w.extent(), w.taps());
      case ViewStep.Ranges r -> product(others(shape, r.axis()), r.elements(), 1);
      case ViewStep.Unfold u -> product(others(shape, u.axis()), u.positions(), u.taps());
    };
  }

  /** The product, or the largest long. */
  private static long product(long a, long b, long c) {
    long high = Math.multiplyHigh(a, b);
    return high == 0 && a * b >= 0 && Math.multiplyHigh(a * b, c) == 0 && a * b * c >= 0
        ? a * b * c
        : Long.MAX_VALUE;
  }

  /** Elements per index of an axis. */
  private static long others(List<Integer> shape, int axis) {
    long n = 1;
    for (int a = 0; a < shape.size(); a++) {
      n = a == axis ? n : Math.multiplyExact(n, (long) shape.get(a));
    }
    return n;
  }

  /**
   * The outcome's elements, row-major, of {@code source} row-major under {@code shape}; the step
   * fits the shape.
   */
  public static long[] apply(long[] source, List<Integer> shape, ViewStep step) {
    return switch (step) {
      case ViewStep.Permute p -> permute(source, shape, p);
      case ViewStep.Reshape r -> source;
      case ViewStep.Window w -> {
        int inner = product(shape, w.axis() + 1, shape.size());
        int n = shape.get(w.axis());
        int outer = source.length / (inner * n);
        long[] out = new long[outer * w.extent() * inner];
        for (int o = 0; o < outer; o++) {
          for (int j = 0; j < w.extent(); j++) {
            for (int t = 0; t < w.taps(); t++) {
              long i = (long) j * w.stride() + (long) t * w.dilation() + w.offset();
              if (i >= 0 && i < n) {
                add(out, (o * w.extent() + j) * inner, source, (o * n + (int) i) * inner, inner, 1);
              }
            }
          }
        }
        yield out;
      }
      case ViewStep.Ranges r -> {
        int inner = product(shape, r.axis() + 1, shape.size());
        int n = shape.get(r.axis());
        int count = r.starts().size();
        int outer = source.length / (inner * n);
        long[] out = new long[outer * count * inner];
        for (int o = 0; o < outer; o++) {
          for (int j = 0; j < count; j++) {
            for (int i = r.starts().get(j); i < r.starts().get(j) + r.lengths().get(j); i++) {
              add(
                  out,
                  (o * count + j) * inner,
                  source,
                  (o * n + i) * inner,
                  inner,
                  r.factors().get(j));
            }
          }
        }
        yield out;
      }
      case ViewStep.Unfold u -> {
        int inner = product(shape, u.axis() + 1, shape.size());
        int n = shape.get(u.axis());
        int outer = source.length / (inner * n);
        long[] out = new long[outer * u.positions() * u.taps() * inner];
        for (int o = 0; o < outer; o++) {
          for (int q = 0; q < u.positions(); q++) {
            for (int t = 0; t < u.taps(); t++) {
              long i = (long) q * u.stride() + (long) t * u.dilation() + u.offset();
              if (i >= 0 && i < n) {
                int at = ((o * u.positions() + q) * u.taps() + t) * inner;
                add(out, at, source, (o * n + (int) i) * inner, inner, 1);
              }
            }
          }
        }
        yield out;
      }
    };
  }

  private static void add(long[] out, int at, long[] source, int from, int count, long factor) {
    for (int k = 0; k < count; k++) {
      out[at + k] = Math.addExact(out[at + k], Math.multiplyExact(factor, source[from + k]));
    }
  }

  private static long[] permute(long[] source, List<Integer> shape, ViewStep.Permute p) {
    int rank = shape.size();
    int[] strides = new int[rank];
    int stride = 1;
    for (int a = rank - 1; a >= 0; a--) {
      strides[a] = stride;
      stride *= shape.get(a);
    }
    int[] extents = new int[rank];
    int[] moves = new int[rank];
    for (int k = 0; k < rank; k++) {
      extents[k] = shape.get(p.permutation().get(k));
      moves[k] = strides[p.permutation().get(k)];
    }
    long[] out = new long[source.length];
    int[] index = new int[rank];
    int from = 0;
    for (int at = 0; at < out.length; at++) {
      out[at] = source[from];
      for (int k = rank - 1; k >= 0; k--) {
        from += moves[k];
        if (++index[k] < extents[k]) {
          break;
        }
        from -= moves[k] * extents[k];
        index[k] = 0;
      }
    }
    return out;
  }

  private static List<Integer> permuted(List<Integer> shape, ViewStep.Permute p) {
    require(p.permutation().size() == shape.size(), "permute: rank differs");
    boolean[] seen = new boolean[shape.size()];
    ArrayList<Integer> out = new ArrayList<>();
    for (int axis : p.permutation()) {
      require(axis >= 0 && axis < shape.size() && !seen[axis], "permute: not a permutation");
      seen[axis] = true;
      out.add(shape.get(axis));
    }
    return out;
  }

  private static List<Integer> reshaped(List<Integer> shape, ViewStep.Reshape r) {
    long before = 1;
    for (int e : shape) {
      before *= e;
    }
    long after = 1;
    for (int e : r.shape()) {
      require(e >= 1 && e < LIMIT, "reshape: extent out of range");
      after *= e;
      require(after <= before, "reshape: number of elements differs");
    }
    require(before == after, "reshape: number of elements differs");
    return r.shape();
  }

  private static List<Integer> with(List<Integer> shape, int axis, int extent) {
    ArrayList<Integer> out = new ArrayList<>(shape);
    out.set(axis, extent);
    return out;
  }

  private static int product(List<Integer> shape, int from, int to) {
    int n = 1;
    for (int a = from; a < to; a++) {
      n *= shape.get(a);
    }
    return n;
  }

  private static void requireAxis(List<Integer> shape, int axis, String what) {
    require(axis >= 0 && axis < shape.size(), what + ": no such axis");
  }

  private static boolean small(int... values) {
    for (int v : values) {
      if (v <= -LIMIT || v >= LIMIT) {
        return false;
      }
    }
    return true;
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new InvalidCircuit(message);
    }
  }
}
