package org.zkc.gkr.weight;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.zkc.gkr.circuit.ViewStep;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.Kernels;
import org.zkc.gkr.mle.Mle;

/**
 * The transposes of the views: a claim &lt;w, V T&gt; = v is the claim &lt;V^T w, T&gt; = v. Each
 * transpose keeps factors apart where the view allows and joins them elsewhere.
 */
final class TransposedViews {
  /** The cost of a step, beside that of the elements that it touches. */
  private static final int STEP = 64;

  private TransposedViews() {}

  static Weight of(Weight weight, ViewStep step, List<Integer> source) {
    VerifierWork.begin(STEP);
    if (!weight.isNumbered()) {
      // The previous step made this weight, and its vectors exist beside those of this step.
      VerifierWork.borrow(weight.heldElements());
    }
    return switch (step) {
      case ViewStep.Permute p -> permute(weight, p.permutation(), source);
      case ViewStep.Reshape r -> reshape(weight, source);
      case ViewStep.Window w -> {
        int n = source.get(w.axis());
        yield alongAxis(
            weight,
            additions(w),
            w.axis(),
            1,
            source,
            (in, out, inner) -> {
              for (int j = 0; j < w.extent(); j++) {
                for (int t = 0; t < w.taps(); t++) {
                  long i = (long) j * w.stride() + (long) t * w.dilation() + w.offset();
                  if (i >= 0 && i < n) {
                    add(out, (int) i * inner, in, j * inner, inner, Ext.ONE);
                  }
                }
              }
            });
      }
      case ViewStep.Ranges r ->
          alongAxis(
              weight,
              additions(r),
              r.axis(),
              1,
              source,
              (in, out, inner) -> {
                for (int j = 0; j < r.starts().size(); j++) {
                  Ext factor = Ext.ofSigned(r.factors().get(j));
                  for (int i = r.starts().get(j); i < r.starts().get(j) + r.lengths().get(j); i++) {
                    add(out, i * inner, in, j * inner, inner, factor);
                  }
                }
              });
      case ViewStep.Unfold u -> {
        int n = source.get(u.axis());
        yield alongAxis(
            weight,
            additions(u),
            u.axis(),
            2,
            source,
            (in, out, inner) -> {
              for (int q = 0; q < u.positions(); q++) {
                for (int t = 0; t < u.taps(); t++) {
                  long i = (long) q * u.stride() + (long) t * u.dilation() + u.offset();
                  if (i >= 0 && i < n) {
                    add(out, (int) i * inner, in, (q * u.taps() + t) * inner, inner, Ext.ONE);
                  }
                }
              }
            });
      }
    };
  }

  private static void add(ExtVector out, int at, ExtVector in, int from, int count, Ext factor) {
    if (count == 1) {
      Ext x = in.get(from);
      out.set(at, out.get(at).add(factor.equals(Ext.ONE) ? x : x.mul(factor)));
    } else {
      Kernels.best().addScaled(out.slice(at, count), factor, in.slice(from, count));
    }
  }

  /**
   * Scatters the values over some outcome axes into values over one source axis, {@code inner}
   * values at a time.
   */
  private interface Scatter {
    void run(ExtVector in, ExtVector out, int inner);
  }

  /** Additions of {@code inner} values that a scatter makes. */
  private static long additions(ViewStep step) {
    return switch (step) {
      case ViewStep.Permute p -> 0;
      case ViewStep.Reshape r -> 0;
      case ViewStep.Window w -> (long) w.extent() * w.taps();
      case ViewStep.Ranges r -> r.elements();
      case ViewStep.Unfold u -> (long) u.positions() * u.taps();
    };
  }

  /** Replaces outcome axes [axis, axis + count) by the source axis {@code axis}. */
  private static Weight alongAxis(
      Weight weight, long additions, int axis, int count, List<Integer> source, Scatter scatter) {
    int extent = source.get(axis);
    ArrayList<WeightFactor> factors = new ArrayList<>();
    int at = 0;
    ArrayList<WeightFactor> touched = new ArrayList<>();
    int first = -1;
    for (WeightFactor f : weight.factors()) {
      int end = at + f.extents().size();
      if (end <= axis || at >= axis + count) {
        if (!touched.isEmpty()) {
          factors.add(scattered(touched, additions, axis - first, count, extent, scatter));
          touched.clear();
        }
        factors.add(f);
      } else {
        if (touched.isEmpty()) {
          first = at;
        }
        touched.add(f);
      }
      at = end;
    }
    if (!touched.isEmpty()) {
      factors.add(scattered(touched, additions, axis - first, count, extent, scatter));
    }
    return new Weight(source, factors, weight.scale());
  }

  private static WeightFactor scattered(
      List<WeightFactor> touched,
      long additions,
      int axis,
      int count,
      int extent,
      Scatter scatter) {
    WeightFactor joint = join(touched);
    int inner = product(joint.extents(), axis + count, joint.extents().size());
    int before = product(joint.extents(), 0, axis);
    int in = product(joint.extents(), axis, axis + count) * inner;
    ExtVector values = joint.values();
    VerifierWork.spend(additions * before * inner);
    VerifierWork.borrow((long) before * extent * inner);
    ExtVector out = new ExtVector(before * extent * inner);
    for (int b = 0; b < before; b++) {
      scatter.run(values.slice(b * in, in), out.slice(b * extent * inner, extent * inner), inner);
    }
    ArrayList<Integer> extents = new ArrayList<>(joint.extents().subList(0, axis));
    extents.add(extent);
    extents.addAll(joint.extents().subList(axis + count, joint.extents().size()));
    return WeightFactor.of(extents, out);
  }

  /** One factor over the axes of several consecutive ones. */
  private static WeightFactor join(List<WeightFactor> parts) {
    if (parts.size() == 1) {
      return parts.get(0);
    }
    ArrayList<Integer> extents = new ArrayList<>();
    for (WeightFactor f : parts) {
      extents.addAll(f.extents());
    }
    return WeightFactor.of(extents, outer(parts));
  }

  /** The outer product of the values, the first part slowest. */
  private static ExtVector outer(List<WeightFactor> parts) {
    ExtVector product = ExtVector.of(Ext.ONE);
    for (WeightFactor f : parts) {
      ExtVector values = f.values();
      int n = values.length();
      VerifierWork.borrow((long) product.length() * n);
      ExtVector next = new ExtVector(product.length() * n);
      for (int k = 0; k < product.length(); k++) {
        Kernels.best().addScaled(next.slice(k * n, n), product.get(k), values);
      }
      product = next;
    }
    return product;
  }

  /** Outcome axis k is source axis permutation[k]. */
  private static Weight permute(Weight weight, List<Integer> permutation, List<Integer> source) {
    int rank = source.size();
    // group[a]: the factors whose source axes are tangled with source axis a, as an interval of
    // source axes.
    int[] factorOf = new int[rank];
    int[] low = new int[weight.factors().size()];
    int[] high = new int[weight.factors().size()];
    Arrays.fill(low, rank);
    Arrays.fill(high, -1);
    int at = 0;
    for (int f = 0; f < weight.factors().size(); f++) {
      for (int a = 0; a < weight.factors().get(f).extents().size(); a++) {
        int axis = permutation.get(at++);
        factorOf[axis] = f;
        low[f] = Math.min(low[f], axis);
        high[f] = Math.max(high[f], axis);
      }
    }
    ArrayList<WeightFactor> factors = new ArrayList<>();
    for (int start = 0; start < rank; ) {
      int end = start + 1;
      for (int a = start; a < end; a++) {
        end = Math.max(end, high[factorOf[a]] + 1);
      }
      factors.add(permuted(weight, permutation, source, start, end, factorOf));
      start = end;
    }
    return new Weight(source, factors, weight.scale());
  }

  /** The factor of source axes [start, end), which whole factors of the outcome cover. */
  private static WeightFactor permuted(
      Weight weight,
      List<Integer> permutation,
      List<Integer> source,
      int start,
      int end,
      int[] factorOf) {
    if (end == start + 1) {
      return weight.factors().get(factorOf[start]);
    }
    // The parts in the order of the outcome, then their joint values read in the order of the
    // source axes.
    ArrayList<WeightFactor> parts = new ArrayList<>();
    ArrayList<Integer> order = new ArrayList<>();
    int at = 0;
    for (int f = 0; f < weight.factors().size(); f++) {
      int axes = weight.factors().get(f).extents().size();
      if (permutation.get(at) >= start && permutation.get(at) < end) {
        parts.add(weight.factors().get(f));
        order.addAll(permutation.subList(at, at + axes));
      }
      at += axes;
    }
    WeightFactor joint = join(parts);
    int axes = end - start;
    int[] strides = new int[axes];
    int stride = 1;
    for (int k = axes - 1; k >= 0; k--) {
      strides[order.get(k) - start] = stride;
      stride *= source.get(order.get(k));
    }
    ExtVector values = joint.values();
    VerifierWork.borrow(values.length());
    ExtVector out = new ExtVector(values.length());
    int[] index = new int[axes];
    for (int k = 0; k < out.length(); k++) {
      int from = 0;
      for (int a = 0; a < axes; a++) {
        from += index[a] * strides[a];
      }
      out.set(k, values.get(from));
      for (int a = axes - 1; a >= 0 && ++index[a] == source.get(start + a); a--) {
        index[a] = 0;
      }
    }
    return WeightFactor.of(source.subList(start, end), out);
  }

  /**
   * Row-major order is kept, so the vector over any set of outcome axes is the vector over the
   * source axes that cover the same elements: walk both shapes and cut wherever a factor ends on an
   * axis of the source.
   */
  private static Weight reshape(Weight weight, List<Integer> source) {
    ArrayList<WeightFactor> parts = new ArrayList<>();
    for (WeightFactor f : weight.factors()) {
      if (f.length() > 1) {
        parts.add(f);
      }
    }
    ArrayList<WeightFactor> factors = new ArrayList<>();
    int next = 0;
    for (int axis = 0; axis < source.size(); ) {
      if (source.get(axis) == 1) {
        factors.add(WeightFactor.one());
        axis++;
        continue;
      }
      int start = axis;
      int firstPart = next;
      long covered = parts.get(next++).length();
      long reached = source.get(axis++);
      while (covered != reached) {
        if (reached < covered) {
          reached *= source.get(axis++);
        } else {
          covered *= parts.get(next++).length();
        }
      }
      List<Integer> extents = source.subList(start, axis);
      List<WeightFactor> group = parts.subList(firstPart, next);
      if (group.size() == 1 && group.get(0).extents().equals(extents)) {
        factors.add(group.get(0));
      } else {
        factors.addAll(regrouped(group, extents));
      }
    }
    return new Weight(source, factors, weight.scale());
  }

  /**
   * Factors on the same elements under other extents: points where the variables of an index are
   * those of its digits, which they are when all extents but the first are powers of two; else the
   * outer product.
   */
  private static List<WeightFactor> regrouped(List<WeightFactor> group, List<Integer> extents) {
    ArrayList<Integer> before = new ArrayList<>();
    ArrayList<Ext> point = new ArrayList<>();
    for (WeightFactor f : group) {
      if (f.point() == null) {
        return List.of(WeightFactor.of(extents, outer(group)));
      }
      before.addAll(f.extents());
      point.addAll(List.of(f.point()));
    }
    if (!isBinaryBehindTheFirst(before) || !isBinaryBehindTheFirst(extents)) {
      return List.of(WeightFactor.of(extents, outer(group)));
    }
    ArrayList<WeightFactor> factors = new ArrayList<>();
    int at = 0;
    for (int extent : extents) {
      int end = at + Mle.variables(extent);
      factors.add(WeightFactor.eq(point.subList(at, end).toArray(Ext[]::new), extent));
      at = end;
    }
    return factors;
  }

  private static boolean isBinaryBehindTheFirst(List<Integer> extents) {
    return extents.stream().skip(1).allMatch(e -> Integer.bitCount(e) == 1);
  }

  private static int product(List<Integer> extents, int from, int to) {
    int n = 1;
    for (int a = from; a < to; a++) {
      n *= extents.get(a);
    }
    return n;
  }
}
