package org.zkc.runtime.execute;

import java.util.ArrayList;
import java.util.List;
import org.zkc.gkr.circuit.ViewStep;

/**
 * A tensor's elements with their shape, seen through view steps one after the other; sums wrap
 * modulo 2^32.
 */
record ViewEvaluation(int[] elements, List<Integer> shape) {

  ViewEvaluation apply(ViewStep step) {
    return switch (step) {
      case ViewStep.Permute p -> permute(p.permutation());
      case ViewStep.Reshape r -> new ViewEvaluation(elements, r.shape());
      case ViewStep.Window w -> window(w);
      case ViewStep.Ranges r -> ranges(r);
      case ViewStep.Unfold u -> unfold(u);
    };
  }

  private ViewEvaluation permute(List<Integer> permutation) {
    int rank = shape.size();
    List<Integer> newShape = permutation.stream().map(shape::get).toList();
    int[] strides = new int[rank];
    int stride = 1;
    for (int axis = rank - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= shape.get(axis);
    }
    int[] out = new int[elements.length];
    int[] index = new int[rank];
    int at = 0;
    for (int i = 0; i < out.length; i++) {
      out[i] = elements[at];
      for (int axis = rank - 1; axis >= 0; axis--) {
        int step = strides[permutation.get(axis)];
        at += step;
        if (++index[axis] < newShape.get(axis)) {
          break;
        }
        at -= step * newShape.get(axis);
        index[axis] = 0;
      }
    }
    return new ViewEvaluation(out, newShape);
  }

  private ViewEvaluation window(ViewStep.Window w) {
    int outer = product(0, w.axis());
    int n = shape.get(w.axis());
    int inner = product(w.axis() + 1, shape.size());
    int[] out = new int[outer * w.extent() * inner];
    for (int o = 0; o < outer; o++) {
      for (int j = 0; j < w.extent(); j++) {
        int to = (o * w.extent() + j) * inner;
        for (int t = 0; t < w.taps(); t++) {
          int s = j * w.stride() + t * w.dilation() + w.offset();
          if (s >= 0 && s < n) {
            accumulate(out, to, (o * n + s) * inner, inner, 1);
          }
        }
      }
    }
    return new ViewEvaluation(out, with(w.axis(), w.extent()));
  }

  private ViewEvaluation ranges(ViewStep.Ranges r) {
    int outer = product(0, r.axis());
    int n = shape.get(r.axis());
    int inner = product(r.axis() + 1, shape.size());
    int extent = r.starts().size();
    int[] out = new int[outer * extent * inner];
    for (int o = 0; o < outer; o++) {
      for (int j = 0; j < extent; j++) {
        int start = r.starts().get(j);
        for (int s = start; s < start + r.lengths().get(j); s++) {
          accumulate(out, (o * extent + j) * inner, (o * n + s) * inner, inner, r.factors().get(j));
        }
      }
    }
    return new ViewEvaluation(out, with(r.axis(), extent));
  }

  private ViewEvaluation unfold(ViewStep.Unfold u) {
    int outer = product(0, u.axis());
    int n = shape.get(u.axis());
    int inner = product(u.axis() + 1, shape.size());
    int[] out = new int[outer * u.positions() * u.taps() * inner];
    for (int o = 0; o < outer; o++) {
      for (int p = 0; p < u.positions(); p++) {
        for (int t = 0; t < u.taps(); t++) {
          int s = p * u.stride() + t * u.dilation() + u.offset();
          if (s >= 0 && s < n) {
            int to = ((o * u.positions() + p) * u.taps() + t) * inner;
            System.arraycopy(elements, (o * n + s) * inner, out, to, inner);
          }
        }
      }
    }
    List<Integer> newShape = new ArrayList<>(shape);
    newShape.set(u.axis(), u.positions());
    newShape.add(u.axis() + 1, u.taps());
    return new ViewEvaluation(out, newShape);
  }

  private void accumulate(int[] out, int to, int from, int count, int factor) {
    for (int i = 0; i < count; i++) {
      out[to + i] += factor * elements[from + i];
    }
  }

  private int product(int from, int to) {
    int p = 1;
    for (int axis = from; axis < to; axis++) {
      p *= shape.get(axis);
    }
    return p;
  }

  private List<Integer> with(int axis, int extent) {
    List<Integer> out = new ArrayList<>(shape);
    out.set(axis, extent);
    return out;
  }
}
