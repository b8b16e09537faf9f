package org.zkc.gkr.weight;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.Kernels;
import org.zkc.gkr.mle.EqTable;
import org.zkc.gkr.mle.Mle;

/**
 * The part of a {@link Weight} that belongs to consecutive axes of the given extents: one value for
 * every real index of them, row-major.
 *
 * <p>A factor that is eq(point, .) of one axis holds the point, and its values are made only when
 * they are requested. A verifier mostly needs the extension alone, so a long axis costs it nothing.
 * The coordinates of a point are fresh challenges, each in at most one factor of a weight. The
 * proximity of the openings rests on this (docs/protocol.md section 8.2).
 */
final class WeightFactor {
  private final List<Integer> extents;
  private final Ext @Nullable [] point;
  private final @Nullable ExtVector values;

  private WeightFactor(List<Integer> extents, @Nullable ExtVector values, Ext @Nullable [] point) {
    this.extents = extents;
    this.values = values;
    this.point = point;
  }

  /** eq(point, .) on the real indices of one axis. */
  static WeightFactor eq(Ext[] point, int extent) {
    return new WeightFactor(List.of(extent), null, point);
  }

  static WeightFactor of(List<Integer> extents, ExtVector values) {
    return new WeightFactor(List.copyOf(extents), values, null);
  }

  /** The weight 1 on an axis of one element: a point of no variables. */
  static WeightFactor one() {
    return new WeightFactor(List.of(1), ExtVector.of(Ext.ONE), new Ext[0]);
  }

  List<Integer> extents() {
    return extents;
  }

  /** The point at which the factor is eq; null for any other factor. */
  Ext @Nullable [] point() {
    return point;
  }

  boolean isPoint() {
    return point != null;
  }

  /** The number of values. */
  int length() {
    int n = 1;
    for (int e : extents) {
      n *= e;
    }
    return n;
  }

  /**
   * One value for every real index; shared. The values of a point are made anew by every call:
   * kept, they would live as long as the weight.
   */
  ExtVector values() {
    if (values != null) {
      return values;
    }
    VerifierWork.borrow(length());
    return EqTable.of(Objects.requireNonNull(point, "a factor has values or a point"), length());
  }

  /**
   * The values of several consecutive factors that are points: those of eq at all their
   * coordinates, made by doubling and restricted to the real indices.
   *
   * @param padded whether the axes are laid out padded
   */
  static ExtVector product(List<WeightFactor> factors, boolean padded) {
    ArrayList<Ext> point = new ArrayList<>();
    ArrayList<Integer> extents = new ArrayList<>();
    for (WeightFactor f : factors) {
      VerifierWork.borrow(f.length());
      point.addAll(List.of(Objects.requireNonNull(f.point, "a factor is a point")));
      extents.addAll(f.extents);
    }
    TensorLayout layout = new TensorLayout(extents);
    ExtVector all = EqTable.of(point.toArray(Ext[]::new), layout.storedLength());
    if (layout.isPrefix()) {
      return all;
    }
    ExtVector out = new ExtVector(padded ? layout.storedLength() : layout.elementCount());
    layout.forEachRun((real, stored, count) ->
        out.slice(padded ? stored : real, count).copyFrom(all.slice(stored, count)));
    return out;
  }

  int variables() {
    int n = 0;
    for (int e : extents) {
      n += Mle.variables(e);
    }
    return n;
  }

  /** The multilinear extension at {@code s}, zero outside the real indices. */
  Ext at(Ext[] s) {
    if (point != null) {
      return Mle.maskedEqAt(point, s, extents.get(0));
    }
    // Contract the last axis first: one short dot product with an eq table per remaining index.
    ExtVector table = values();
    VerifierWork.spend(table.length());
    int end = s.length;
    for (int a = extents.size() - 1; a >= 0; a--) {
      int extent = extents.get(a);
      int n = Mle.variables(extent);
      ExtVector eq = EqTable.of(Arrays.copyOfRange(s, end - n, end), extent);
      end -= n;
      int rows = table.length() / extent;
      ExtVector next = new ExtVector(rows);
      for (int row = 0; row < rows; row++) {
        next.set(row, Kernels.best().dot(table.slice(row * extent, extent), eq));
      }
      table = next;
    }
    return table.get(0);
  }

  /** The values laid out over the padded axes. */
  ExtVector padded() {
    TensorLayout layout = new TensorLayout(extents);
    if (layout.isPrefix()) {
      return values();
    }
    return layout.pad(values());
  }

  /** The sum of the values over a box of indices. */
  Ext sum(List<Integer> starts, List<Integer> limits) {
    if (point != null) {
      return Mle.prefixIndicator(limits.get(0), point)
          .sub(Mle.prefixIndicator(starts.get(0), point));
    }
    ExtVector all = values();
    int last = extents.size() - 1;
    int run = limits.get(last) - starts.get(last);
    int[] index = starts.stream().mapToInt(Integer::intValue).toArray();
    Ext sum = Ext.ZERO;
    int axis;
    // The box consists of runs along the last axis, one for every index of the other axes inside
    // it.
    do {
      int at = 0;
      for (int a = 0; a <= last; a++) {
        at = at * extents.get(a) + index[a];
      }
      VerifierWork.spend(run + index.length);
      for (int k = at; k < at + run; k++) {
        sum = sum.add(all.get(k));
      }
      axis = last - 1;
      while (axis >= 0 && ++index[axis] == limits.get(axis)) {
        index[axis] = starts.get(axis);
        axis--;
      }
    } while (axis >= 0);
    return sum;
  }
}
