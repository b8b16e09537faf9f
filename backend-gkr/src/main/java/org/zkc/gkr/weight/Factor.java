package org.zkc.gkr.weight;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.mle.EqTable;
import org.zkc.gkr.mle.Mle;

/**
 * The part of a {@link Weight} that belongs to consecutive axes of the given extents: one value for
 * every real index of them, row-major. When the values are eq(point, .) of one axis, {@code point}
 * says so; it is null otherwise.
 */
record Factor(List<Integer> extents, ExtVector values, Ext @Nullable [] point) {

  /** eq(point, .) on the real indices of one axis. */
  static Factor eq(Ext[] point, int extent) {
    return new Factor(List.of(extent), EqTable.of(point, extent), point);
  }

  static Factor of(List<Integer> extents, ExtVector values) {
    return new Factor(List.copyOf(extents), values, null);
  }

  /** The weight 1 on an axis of one element: a point of no variables. */
  static Factor one() {
    return new Factor(List.of(1), ExtVector.of(Ext.ONE), new Ext[0]);
  }

  boolean isPoint() {
    return point != null;
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
    ExtVector table = values;
    int end = s.length;
    for (int a = extents.size() - 1; a >= 0; a--) {
      int extent = extents.get(a);
      int n = Mle.variables(extent);
      ExtVector eq = EqTable.of(Arrays.copyOfRange(s, end - n, end), extent);
      end -= n;
      int rows = table.length() / extent;
      ExtVector next = new ExtVector(rows);
      for (int row = 0; row < rows; row++) {
        next.set(row, org.zkc.gkr.kernel.Kernels.best().dot(table.slice(row * extent, extent), eq));
      }
      table = next;
    }
    return table.get(0);
  }

  /** The values laid out over the padded axes. */
  ExtVector padded() {
    TensorLayout layout = new TensorLayout(extents);
    if (layout.isPrefix()) {
      return values;
    }
    ExtVector out = new ExtVector(layout.storedLength());
    layout.forEachRun(
        (real, stored, count) -> out.slice(stored, count).copyFrom(values.slice(real, count)));
    return out;
  }

  /** The sum of the values over a box of indices. */
  Ext sum(List<Integer> starts, List<Integer> limits) {
    int[] index = new int[extents.size()];
    Ext sum = Ext.ZERO;
    for (int k = 0; k < values.length(); k++) {
      boolean inside = true;
      for (int a = 0; a < index.length; a++) {
        inside &= starts.get(a) <= index[a] && index[a] < limits.get(a);
      }
      if (inside) {
        sum = sum.add(values.get(k));
      }
      for (int a = index.length - 1; a >= 0 && ++index[a] == extents.get(a); a--) {
        index[a] = 0;
      }
    }
    return sum;
  }
}
