package org.zkc.gkr.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.field.RandomElements;

/** Tiles of both kinds of loops against formulas on single elements. */
class FractionTileTest {
  private final RandomElements random = new RandomElements(20);

  private ExtVector vector(int length) {
    return ExtVector.of(random.elements(length));
  }

  private ExtVector[] vectors(int count, int length) {
    ExtVector[] out = new ExtVector[count];
    Arrays.setAll(out, k -> vector(length));
    return out;
  }

  private static FractionTile[] tiles() {
    return new FractionTile[] {
      new FractionTile(new PlainLoops()), new FractionTile(new VectorLoops())
    };
  }

  private static Ext at(int t, ExtVector low, ExtVector high, int k) {
    return low.get(k).add(high.get(k).sub(low.get(k)).mulBase(t));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 16, 100, FractionTile.SIZE})
  void rounds(int length) {
    ExtVector eq = vector(length);
    Ext scale = random.element();
    ExtVector[] low = vectors(4, length);
    ExtVector[] high = vectors(4, length);
    Ext[] start = random.elements(2);
    Ext[] fractions = start.clone();
    Ext[] products = start.clone();
    for (int k = 0; k < length; k++) {
      for (int j = 0; j < 2; j++) {
        Ext p0 = at(2 * j, low[0], high[0], k);
        Ext q0 = at(2 * j, low[1], high[1], k);
        Ext p1 = at(2 * j, low[2], high[2], k);
        Ext q1 = at(2 * j, low[3], high[3], k);
        Ext factor = eq.get(k).mul(scale);
        Ext sum = p0.mul(q1).add(p1.mul(q0)).add(q0.mul(q1));
        fractions[j] = fractions[j].add(factor.mul(sum));
        products[j] = products[j].add(factor.mul(p0).mul(q0));
      }
    }
    for (FractionTile tile : tiles()) {
      Ext[] sums = start.clone();
      tile.addFractions(sums, low, high, eq, scale);
      assertArrayEquals(fractions, sums, random.seed());
      sums = start.clone();
      tile.addProducts(sums, low, high, eq, scale);
      assertArrayEquals(products, sums, random.seed());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 16, 100, FractionTile.SIZE})
  void sums(int length) {
    ExtVector[] v = vectors(4, length);
    Ext r = random.element();
    for (FractionTile tile : tiles()) {
      ExtVector p = new ExtVector(length);
      ExtVector q = new ExtVector(length);
      tile.combine(v[0], v[1], v[2], v[3], p, q);
      ExtVector line = new ExtVector(length);
      tile.line(v[0], v[1], r, line);
      for (int k = 0; k < length; k++) {
        Ext q0 = v[1].get(k);
        Ext q1 = v[3].get(k);
        assertEquals(v[0].get(k).mul(q1).add(v[2].get(k).mul(q0)), p.get(k), random.seed());
        assertEquals(q0.mul(q1), q.get(k), random.seed());
        assertEquals(
            v[0].get(k).add(r.mul(v[1].get(k).sub(v[0].get(k)))), line.get(k), random.seed());
      }
    }
  }

  /** Residues with the largest of all among them, whose products the loops have room for. */
  private int[] residues(int length) {
    int[] out = random.residues(length);
    for (int k = 0; k < length; k += 3) {
      out[k] = M31.P - 1;
    }
    return out;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 16, 100, FractionTile.SIZE})
  void overTheBaseField(int length) {
    int[][] x = {
      residues(length + 3), residues(length + 3), residues(length + 3), residues(length)
    };
    int[] at = {1, 3, 2, 0};
    Ext largest = new Ext(M31.P - 1, M31.P - 1, M31.P - 1, M31.P - 1);
    for (Ext c : new Ext[] {random.element(), largest}) {
      Ext[] f = c.equals(largest) ? new Ext[] {c, c, c, c} : random.elements(4);
      ExtVector w = vector(length);
      for (FractionTile tile : tiles()) {
        ExtVector two = new ExtVector(length);
        ExtVector four = new ExtVector(length);
        tile.affine(c, f[0], x[0], at[0], f[1], x[1], at[1], two);
        tile.affine(c, f, x, at, four);
        Ext[] pair = tile.dotPair(x[0], at[0], x[1], at[1], w);
        Ext[] expected = {Ext.ZERO, Ext.ZERO};
        for (int k = 0; k < length; k++) {
          Ext sum = c;
          for (int j = 0; j < f.length; j++) {
            sum = sum.add(f[j].mulBase(x[j][at[j] + k]));
            if (j == 1) {
              assertEquals(sum, two.get(k), random.seed());
            }
          }
          assertEquals(sum, four.get(k), random.seed());
          Ext a = Ext.of(x[0][at[0] + k]);
          Ext b = Ext.of(x[1][at[1] + k]);
          expected[0] = expected[0].add(w.get(k).mul(a.add(b)));
          expected[1] = expected[1].add(w.get(k).mul(a.mul(b)));
        }
        assertArrayEquals(expected, pair, random.seed());
      }
    }
  }

  @Test
  void wholeTilesOverTheBaseField() {
    int n = FractionTile.SIZE;
    int[] a = residues(2 * n);
    int[] b = residues(n + 1);
    ExtVector w = vector(n);
    for (FractionTile tile : tiles()) {
      int[] sums = new int[n];
      int[] products = new int[n];
      int[] two = new int[n];
      tile.addBase(a, n, b, 1, sums);
      tile.multiplyBase(a, n, b, 1, products);
      tile.atTwoBase(a, 0, n, two, n);
      ExtVector added = w.copy();
      tile.addBase(added, b);
      Ext dot = Ext.ZERO;
      for (int k = 0; k < n; k++) {
        assertEquals(M31.add(a[n + k], b[1 + k]), sums[k]);
        assertEquals(M31.mul(a[n + k], b[1 + k]), products[k]);
        assertEquals(M31.sub(M31.add(a[n + k], a[n + k]), a[k]), two[k]);
        assertEquals(w.get(k).add(Ext.of(b[k])), added.get(k));
        dot = dot.add(w.get(k).mulBase(b[k]));
      }
      assertEquals(dot, tile.dotBase(b, w), random.seed());
    }
  }
}
