package org.zkc.gkr.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
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
      ExtVector unitP = new ExtVector(length);
      ExtVector unitQ = new ExtVector(length);
      tile.combineUnits(v[1], v[3], unitP, unitQ);
      ExtVector line = new ExtVector(length);
      tile.line(v[0], v[1], r, line);
      for (int k = 0; k < length; k++) {
        Ext q0 = v[1].get(k);
        Ext q1 = v[3].get(k);
        assertEquals(v[0].get(k).mul(q1).add(v[2].get(k).mul(q0)), p.get(k), random.seed());
        assertEquals(q0.mul(q1), q.get(k), random.seed());
        assertEquals(q0.add(q1), unitP.get(k), random.seed());
        assertEquals(q0.mul(q1), unitQ.get(k), random.seed());
        assertEquals(
            v[0].get(k).add(r.mul(v[1].get(k).sub(v[0].get(k)))), line.get(k), random.seed());
      }
    }
  }
}
