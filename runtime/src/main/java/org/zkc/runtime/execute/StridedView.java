package org.zkc.runtime.execute;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.zkc.gkr.circuit.ViewStep;
import org.zkc.gkr.kernel.Workers;

/**
 * A tensor seen through view steps: at index i with {@code from[axis] <= i[axis] < to[axis]} on
 * every axis the element {@code elements[offset + i . strides]}, elsewhere 0. Permutations, slices,
 * padding and broadcasts only change the numbers; what sums or splits an axis makes a new array.
 * Sums wrap modulo 2^32.
 */
final class StridedView {
  /** Elements that a thread adds at a time at least. */
  private static final int PIECE = 1 << 14;

  private final int[] elements;
  private final int[] extents;
  private final int[] strides;
  private final int offset;
  private final int[] from;
  private final int[] to;

  private StridedView(
      int[] elements, int[] extents, int[] strides, int offset, int[] from, int[] to) {
    this.elements = elements;
    this.extents = extents;
    this.strides = strides;
    this.offset = offset;
    this.from = from;
    this.to = to;
  }

  /** A row-major tensor as it is. */
  static StridedView of(int[] elements, List<Integer> shape) {
    return of(elements, shape.stream().mapToInt(Integer::intValue).toArray());
  }

  private static StridedView of(int[] elements, int[] extents) {
    return new StridedView(
        elements, extents, rowMajor(extents), 0, new int[extents.length], extents.clone());
  }

  private static int[] rowMajor(int[] extents) {
    int[] strides = new int[extents.length];
    int stride = 1;
    for (int axis = extents.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= extents[axis];
    }
    return strides;
  }

  private int size() {
    return Arrays.stream(extents).reduce(1, Math::multiplyExact);
  }

  StridedView apply(ViewStep step) {
    return switch (step) {
      case ViewStep.Permute p -> permute(p.permutation());
      case ViewStep.Reshape r ->
          of(toArray(), r.shape().stream().mapToInt(Integer::intValue).toArray());
      case ViewStep.Window w -> w.taps() == 1 ? select(w) : sums(w);
      case ViewStep.Ranges r -> ranges(r);
      case ViewStep.Unfold u -> unfold(u);
    };
  }

  private StridedView permute(List<Integer> permutation) {
    return new StridedView(
        elements,
        picked(extents, permutation),
        picked(strides, permutation),
        offset,
        picked(from, permutation),
        picked(to, permutation));
  }

  private static int[] picked(int[] values, List<Integer> indices) {
    return indices.stream().mapToInt(i -> values[i]).toArray();
  }

  /** outcome[j] = source[j stride + offset]. */
  private StridedView select(ViewStep.Window w) {
    int axis = w.axis();
    int[] newExtents = extents.clone();
    int[] newStrides = strides.clone();
    int[] newFrom = from.clone();
    int[] newTo = to.clone();
    newExtents[axis] = w.extent();
    newStrides[axis] = strides[axis] * w.stride();
    if (w.stride() == 0) {
      boolean inside = w.offset() >= from[axis] && w.offset() < to[axis];
      newFrom[axis] = 0;
      newTo[axis] = inside ? w.extent() : 0;
    } else {
      newFrom[axis] = Math.clamp(Math.ceilDiv(from[axis] - w.offset(), w.stride()), 0, w.extent());
      newTo[axis] = Math.clamp(Math.ceilDiv(to[axis] - w.offset(), w.stride()), 0, w.extent());
    }
    return new StridedView(
        elements, newExtents, newStrides, offset + strides[axis] * w.offset(), newFrom, newTo);
  }

  /** The elements in row-major order, possibly the source's own array. */
  int[] toArray() {
    boolean asItIs =
        offset == 0 && elements.length == size() && Arrays.equals(strides, rowMajor(extents));
    for (int axis = 0; asItIs && axis < extents.length; axis++) {
      asItIs = from[axis] == 0 && to[axis] == extents[axis];
    }
    if (asItIs) {
      return elements;
    }
    int[] out = new int[size()];
    addTo(out, 1);
    return out;
  }

  /** {@code out[i] += coefficient * this[i]} for every index, {@code out} row-major. */
  void addTo(int[] out, int coefficient) {
    addTo(out, coefficient, Workers.callerOnly());
  }

  /** {@link #addTo(int[], int)}, parts of the outermost axis by several threads. */
  void addTo(int[] out, int coefficient, Workers workers) {
    for (int axis = 0; axis < extents.length; axis++) {
      if (from[axis] >= to[axis]) {
        return;
      }
    }
    int[] outStrides = rowMajor(extents);
    int at = offset;
    int outAt = 0;
    // Axes that are walked as one: neighbours that are whole and contiguous here as there.
    List<int[]> loops = new ArrayList<>();
    for (int axis = 0; axis < extents.length; axis++) {
      at += from[axis] * strides[axis];
      outAt += from[axis] * outStrides[axis];
      int count = to[axis] - from[axis];
      int[] outer = loops.isEmpty() ? null : loops.getLast();
      if (outer != null
          && count == extents[axis]
          && outer[1] == strides[axis] * count
          && outer[2] == outStrides[axis] * count) {
        outer[0] *= count;
        outer[1] = strides[axis];
        outer[2] = outStrides[axis];
      } else if (count > 1) {
        loops.add(new int[] {count, strides[axis], outStrides[axis]});
      }
    }
    if (loops.isEmpty()) {
      out[outAt] += coefficient * elements[at];
    } else {
      add(loops.toArray(int[][]::new), at, out, outAt, coefficient, workers);
    }
  }

  private void add(int[][] loops, int at, int[] out, int outAt, int coefficient, Workers workers) {
    int[] outer = loops[0];
    long inner = 1;
    for (int[] loop : loops) {
      inner *= loop[0];
    }
    workers.forEachPiece(
        outer[0],
        inner / outer[0],
        PIECE,
        (first, end) -> {
          int[][] part = loops.clone();
          part[0] = new int[] {end - first, outer[1], outer[2]};
          add(part, 0, at + first * outer[1], out, outAt + first * outer[2], coefficient);
        });
  }

  /** {@code loops}: count, stride here, stride there. */
  private void add(int[][] loops, int depth, int at, int[] out, int outAt, int coefficient) {
    int count = loops[depth][0];
    int step = loops[depth][1];
    int outStep = loops[depth][2];
    if (depth + 1 < loops.length) {
      for (int i = 0; i < count; i++) {
        add(loops, depth + 1, at + i * step, out, outAt + i * outStep, coefficient);
      }
    } else if (outStep != 1) {
      for (int i = 0; i < count; i++) {
        out[outAt + i * outStep] += coefficient * elements[at + i * step];
      }
    } else {
      addRun(elements, at, step, out, outAt, count, coefficient);
    }
  }

  private static void addRun(
      int[] in, int at, int step, int[] out, int outAt, int count, int coefficient) {
    if (step == 0) {
      int value = coefficient * in[at];
      for (int i = 0; i < count; i++) {
        out[outAt + i] += value;
      }
    } else if (step == 1) {
      for (int i = 0; i < count; i++) {
        out[outAt + i] += coefficient * in[at + i];
      }
    } else {
      for (int i = 0; i < count; i++) {
        out[outAt + i] += coefficient * in[at + i * step];
      }
    }
  }

  /** outcome[j] = sum over t of source[j stride + t dilation + offset]. */
  private StridedView sums(ViewStep.Window w) {
    int[] newExtents = extents.clone();
    newExtents[w.axis()] = w.extent();
    int[] out = new int[Arrays.stream(newExtents).reduce(1, Math::multiplyExact)];
    for (int t = 0; t < w.taps(); t++) {
      int shift = w.offset() + t * w.dilation();
      select(new ViewStep.Window(w.axis(), w.extent(), w.stride(), 1, shift, 1)).addTo(out, 1);
    }
    return of(out, newExtents);
  }

  private StridedView ranges(ViewStep.Ranges r) {
    int[] in = toArray();
    int outer = product(0, r.axis());
    int n = extents[r.axis()];
    int inner = product(r.axis() + 1, extents.length);
    int windows = r.starts().size();
    int[] out = new int[outer * windows * inner];
    for (int o = 0; o < outer; o++) {
      for (int j = 0; j < windows; j++) {
        int start = r.starts().get(j);
        for (int s = start; s < start + r.lengths().get(j); s++) {
          addRun(
              in,
              (o * n + s) * inner,
              1,
              out,
              (o * windows + j) * inner,
              inner,
              r.factors().get(j));
        }
      }
    }
    int[] newExtents = extents.clone();
    newExtents[r.axis()] = windows;
    return of(out, newExtents);
  }

  private StridedView unfold(ViewStep.Unfold u) {
    int[] in = toArray();
    int outer = product(0, u.axis());
    int n = extents[u.axis()];
    int inner = product(u.axis() + 1, extents.length);
    int[] out = new int[outer * u.positions() * u.taps() * inner];
    for (int o = 0; o < outer; o++) {
      for (int p = 0; p < u.positions(); p++) {
        for (int t = 0; t < u.taps(); t++) {
          int s = p * u.stride() + t * u.dilation() + u.offset();
          if (s >= 0 && s < n) {
            int at = ((o * u.positions() + p) * u.taps() + t) * inner;
            System.arraycopy(in, (o * n + s) * inner, out, at, inner);
          }
        }
      }
    }
    int[] newExtents =
        IntStream.concat(
                IntStream.concat(
                    Arrays.stream(extents, 0, u.axis()), IntStream.of(u.positions(), u.taps())),
                Arrays.stream(extents, u.axis() + 1, extents.length))
            .toArray();
    return of(out, newExtents);
  }

  private int product(int first, int end) {
    return Arrays.stream(extents, first, end).reduce(1, Math::multiplyExact);
  }
}
