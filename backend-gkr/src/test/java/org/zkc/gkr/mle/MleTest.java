package org.zkc.gkr.mle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.kernel.Kernels;

class MleTest {
  private static final long SEED = 31;
  private final Random random = new Random(SEED);

  private Ext element() {
    return new Ext(
        random.nextInt(M31.P), random.nextInt(M31.P), random.nextInt(M31.P), random.nextInt(M31.P));
  }

  private Ext[] point(int variables) {
    Ext[] r = new Ext[variables];
    Arrays.setAll(r, j -> element());
    return r;
  }

  // The definition, by one product per index.
  private static Ext evaluateByDefinition(int[] values, Ext[] point) {
    Ext sum = Ext.ZERO;
    for (int k = 0; k < values.length; k++) {
      sum = sum.add(Mle.eqAtIndex(k, point).mulBase(values[k]));
    }
    return sum;
  }

  @Test
  void tableEntriesAreProductsOverTheBits() {
    for (int n = 0; n <= 6; n++) {
      Ext[] r = point(n);
      for (int count = 1; count <= 1 << n; count++) {
        ExtVector table = EqTable.of(r, count);
        assertEquals(count, table.length());
        for (int k = 0; k < count; k++) {
          assertEquals(
              Mle.eqAtIndex(k, r),
              table.get(k),
              "seed " + SEED + ", n " + n + ", count " + count + ", entry " + k);
        }
      }
    }
    assertThrows(IllegalArgumentException.class, () -> EqTable.of(point(2), 5));
  }

  @Test
  void prefixesOfIndices() {
    for (int n = 0; n <= 6; n++) {
      Ext[] r = point(n);
      for (int count = 0; count <= 1 << n; count++) {
        int[] indices = new int[count];
        Arrays.setAll(indices, k -> k);
        assertEquals(
            evaluateByDefinition(indices, r),
            Mle.prefixIndex(count, r),
            "seed " + SEED + ", n " + n + ", count " + count);
      }
    }
    assertThrows(IllegalArgumentException.class, () -> Mle.prefixIndex(5, point(2)));
  }

  @Test
  void evaluationIsTheSumOverTheTable() {
    for (int n = 0; n <= 6; n++) {
      Ext[] r = point(n);
      for (int length = 0; length <= 1 << n; length++) {
        int[] values = random.ints(length, 0, M31.P).toArray();
        Ext expected = evaluateByDefinition(values, r);
        assertEquals(
            expected, Mle.evaluate(values, r), "seed " + SEED + ", n " + n + ", length " + length);
        assertEquals(expected, Mle.evaluate(ExtVector.ofBase(values, length), r));
        int[] inside = new int[length + 5];
        System.arraycopy(values, 0, inside, 3, length);
        assertEquals(expected, Mle.evaluate(inside, 3, length, r));
      }
    }
  }

  @Test
  void bindingTheHighVariableRepeatedlyEvaluates() {
    int n = 5;
    for (int length : new int[] {1, 15, 16, 17, 31, 32}) {
      int[] values = random.ints(length, 0, M31.P).toArray();
      Ext[] r = point(n);
      ExtVector table = ExtVector.ofBase(values, length);
      for (int j = 0; j < n; j++) {
        table = Kernels.best().bind(table, 1 << n - 1 - j, r[j]);
      }
      assertEquals(1, table.length());
      assertEquals(
          evaluateByDefinition(values, r), table.get(0), "seed " + SEED + ", length " + length);
    }
  }

  @Test
  void eqOfPointsIsTheTableAtAPoint() {
    Ext[] a = point(4);
    Ext[] b = point(4);
    assertEquals(Kernels.best().dot(EqTable.of(a), EqTable.of(b)), Mle.eqAt(a, b));
  }

  @Test
  void prefixIndicatorsAreSumsOfTheTable() {
    Ext[] a = point(5);
    Ext[] b = point(5);
    Ext sum = Ext.ZERO;
    Ext masked = Ext.ZERO;
    for (int count = 0; count <= 32; count++) {
      assertEquals(sum, Mle.prefixIndicator(count, a), "count " + count);
      assertEquals(masked, Mle.maskedEqAt(a, b, count), "count " + count);
      if (count < 32) {
        sum = sum.add(Mle.eqAtIndex(count, a));
        masked = masked.add(Mle.eqAtIndex(count, a).mul(Mle.eqAtIndex(count, b)));
      }
    }
  }

  @Test
  void splitEqFactorsTheTableInEveryRound() {
    for (int n = 1; n <= 7; n++) {
      Ext[] r = point(n);
      SplitEq split = new SplitEq(r);
      for (int round = 0; round < n; round++) {
        int half = 1 << n - 1 - round;
        assertEquals(half, split.high().length() * split.low().length());
        ExtVector rest = EqTable.of(Arrays.copyOfRange(r, round + 1, n));
        for (int k = 0; k < half; k++) {
          int low = split.low().length();
          assertEquals(
              rest.get(k),
              split.high().get(k / low).mul(split.low().get(k % low)),
              "n " + n + " round " + round);
        }
        Ext challenge = element();
        Ext before = split.bound();
        split.bind(challenge);
        assertEquals(before.mul(Mle.eqAt(r[round], challenge)), split.bound());
      }
      assertTrue(split.isDone());
    }
  }

  @Test
  void variablesOfAnAxis() {
    assertEquals(0, Mle.variables(1));
    assertEquals(1, Mle.variables(2));
    assertEquals(7, Mle.variables(65));
    assertEquals(7, Mle.variables(128));
  }
}
