package org.zkc.gkr.weight;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.zkc.gkr.circuit.ViewSemantics;
import org.zkc.gkr.circuit.ViewStep;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.mle.EqTable;
import org.zkc.gkr.mle.Mle;

/** Weights against their definitions, on random shapes, points and chains of views. */
class WeightTest {
  private static final long SEED = 20240601;
  private final Random random = new Random(SEED);

  private Ext element() {
    return new Ext(residue(), residue(), residue(), residue());
  }

  private int residue() {
    return random.nextInt(M31.P);
  }

  private Ext[] point(int n) {
    Ext[] out = new Ext[n];
    for (int k = 0; k < n; k++) {
      out[k] = element();
    }
    return out;
  }

  private List<Integer> shape() {
    ArrayList<Integer> s = new ArrayList<>();
    for (int a = 0; a < 1 + random.nextInt(4); a++) {
      s.add(1 + random.nextInt(6));
    }
    return s;
  }

  private static int count(List<Integer> shape) {
    int n = 1;
    for (int e : shape) {
      n *= e;
    }
    return n;
  }

  private ViewStep step(List<Integer> shape) {
    int axis = random.nextInt(shape.size());
    int n = shape.get(axis);
    switch (random.nextInt(5)) {
      case 0 -> {
        ArrayList<Integer> p = new ArrayList<>();
        for (int a = 0; a < shape.size(); a++) {
          p.add(random.nextInt(a + 1), a);
        }
        return new ViewStep.Permute(p);
      }
      case 1 -> {
        ArrayList<Integer> s = new ArrayList<>();
        int left = count(shape);
        while (s.size() < 4 && left > 1) {
          int d = 1 + random.nextInt(left);
          if (left % d == 0) {
            s.add(d);
            left /= d;
          }
        }
        s.add(left);
        return new ViewStep.Reshape(s);
      }
      case 2 -> {
        return new ViewStep.Window(
            axis,
            1 + random.nextInt(5),
            random.nextInt(3),
            random.nextInt(3),
            random.nextInt(5) - 2,
            1 + random.nextInt(3));
      }
      case 3 -> {
        ArrayList<Integer> starts = new ArrayList<>();
        ArrayList<Integer> lengths = new ArrayList<>();
        ArrayList<Integer> factors = new ArrayList<>();
        for (int k = 0; k < 1 + random.nextInt(4); k++) {
          int start = random.nextInt(n);
          starts.add(start);
          lengths.add(1 + random.nextInt(n - start));
          factors.add(random.nextInt(9) - 4);
        }
        return new ViewStep.Ranges(axis, starts, lengths, factors);
      }
      default -> {
        return new ViewStep.Unfold(
            axis,
            1 + random.nextInt(4),
            1 + random.nextInt(3),
            random.nextInt(3),
            random.nextInt(3),
            random.nextInt(5) - 2);
      }
    }
  }

  @Test
  void transposesKeepTheClaim() {
    for (int trial = 0; trial < 2000; trial++) {
      ArrayList<List<Integer>> shapes = new ArrayList<>(List.of(shape()));
      ArrayList<ViewStep> steps = new ArrayList<>();
      long[] tensor = random.longs(count(shapes.get(0)), -50, 50).toArray();
      int[] source = residues(tensor);
      for (int k = 0; k < 1 + random.nextInt(4) && shapes.getLast().size() < 7; k++) {
        ViewStep step = step(shapes.getLast());
        tensor = ViewSemantics.apply(tensor, shapes.getLast(), step);
        steps.add(step);
        shapes.add(ViewSemantics.outcomeShape(shapes.get(k), step));
      }
      List<Integer> last = shapes.getLast();
      WeightPool pool = new WeightPool();
      Weight w = pool.fresh(Weight.eq(last, point(new TensorLayout(last).variables())));
      Weight carried = pool.through(w, new TensorView(1, shapes.get(0), steps));
      String at = "seed " + SEED + " trial " + trial + ": " + shapes + " " + steps;
      assertEquals(shapes.get(0), carried.shape(), at);
      assertEquals(w.dot(residues(tensor)), carried.dot(source), at);
      agreesWithItsTable(carried, source, at);
    }
  }

  private void agreesWithItsTable(Weight w, int[] source, String at) {
    TensorLayout layout = new TensorLayout(w.shape());
    ExtVector table = new ExtVector(layout.storedLength());
    w.addTo(table, Ext.ONE);
    int[] stored = layout.pad(source);
    Ext dot = Ext.ZERO;
    for (int k = 0; k < stored.length; k++) {
      dot = dot.add(table.get(k).mulBase(stored[k]));
    }
    assertEquals(dot, w.dot(source), at);
    // Nothing on the padding: filling it changes no claim.
    int[] ones = layout.pad(new int[source.length]);
    layout.forEachRun((real, to, count) -> Arrays.fill(ones, to, to + count, 1));
    for (int k = 0; k < stored.length; k++) {
      assertTrue(ones[k] == 1 || table.get(k).isZero(), at);
    }
    Ext[] s = point(layout.variables());
    assertEquals(Mle.evaluate(table, s), w.at(s), at);
    List<Integer> zeros = w.shape().stream().map(e -> 0).toList();
    int[] all = new int[source.length];
    Arrays.fill(all, 1);
    assertEquals(w.dot(all), w.sum(zeros, w.shape()), at);
  }

  private static int[] residues(long[] values) {
    int[] out = new int[values.length];
    for (int k = 0; k < out.length; k++) {
      out[k] = M31.fromSigned(values[k]);
    }
    return out;
  }

  @Test
  void pointClaimsAreEvaluationsOfTheZeroExtension() {
    for (int trial = 0; trial < 100; trial++) {
      List<Integer> shape = shape();
      TensorLayout layout = new TensorLayout(shape);
      int[] real = random.ints(layout.elementCount(), 0, M31.P).toArray();
      Ext[] z = point(layout.variables());
      assertEquals(
          Mle.evaluate(layout.pad(real), z),
          Weight.eq(shape, z).dot(real),
          "seed " + SEED + " " + shape);
    }
  }

  @Test
  void foldingTheOtherAxesLeavesTheLast() {
    List<Integer> shape = List.of(3, 2, 5);
    Ext[] z = point(2 + 1 + 3);
    Weight w = Weight.eq(shape, z);
    int[] real = random.ints(3 * 2 * 4, 0, M31.P).toArray();
    ExtVector folded = w.foldOthers(2, 4, real, Workers.callerOnly());
    Ext[] rho = point(2);
    Ext direct = w.withAxis(2, rho, 4).dot(real);
    ExtVector eq = EqTable.of(rho, 4);
    Ext sum = Ext.ZERO;
    for (int k = 0; k < 4; k++) {
      sum = sum.add(folded.get(k).mul(eq.get(k)));
    }
    assertEquals(direct, sum, "seed " + SEED);
  }

  /** Long vectors that views make of points are counted, whatever they are made of. */
  @Test
  void aPoolHoldsSoManyElementsOnly() {
    TensorView turn =
        new TensorView(1, List.of(32, 64), List.of(new ViewStep.Permute(List.of(1, 0))));
    TensorView all =
        new TensorView(2, List.of(100), List.of(new ViewStep.Window(0, 1, 1, 1, 0, 100)));
    WeightPool pool = new WeightPool(300 + 6 * 32);
    for (int claim = 0; claim < 3; claim++) {
      Weight w = pool.fresh(Weight.eq(List.of(1), new Ext[0]));
      pool.through(w, all);
      // Once: the second time it is there.
      pool.through(w, all);
      // A point keeps being one.
      pool.through(pool.fresh(Weight.eq(List.of(64, 32), point(11))), turn);
    }
    Weight more = pool.fresh(Weight.eq(List.of(1), new Ext[0]));
    VerificationFailure e = assertThrows(VerificationFailure.class, () -> pool.through(more, all));
    assertTrue(e.getMessage().startsWith("weights carried"), e.getMessage());
  }

  /** A number is that of one weight; only a weight through a view that it went through has it. */
  @Test
  void weightsAreNumberedAsTheyArise() {
    WeightPool pool = new WeightPool();
    List<Integer> shape = List.of(3, 5);
    TensorView whole = new TensorView(0, shape, List.of());
    TensorView turned =
        new TensorView(1, List.of(5, 3), List.of(new ViewStep.Permute(List.of(1, 0))));
    TensorView moved = new TensorView(2, shape, List.of(new ViewStep.Window(1, 5, 1, 1, 1, 1)));
    Ext[] point = point(5);
    Weight first = pool.fresh(Weight.eq(shape, point));
    Weight second = pool.fresh(Weight.eq(shape, point));
    assertEquals(0, first.number());
    assertEquals(1, second.number());
    assertEquals(0, pool.through(first, whole).number());
    assertEquals(2, pool.through(first, turned).number());
    assertEquals(3, pool.through(second, turned).number());
    assertEquals(4, pool.through(first, moved).number());
    assertEquals(2, pool.through(first, turned).number());
    assertEquals(4, pool.through(first, moved).number());
    // The same vector on another way is another weight.
    assertEquals(
        5,
        pool.through(pool.through(first, turned), new TensorView(3, shape, turned.steps()))
            .number());
    assertEquals(6, pool.fresh(Weight.eq(shape, point)).number());
    assertThrows(IllegalStateException.class, () -> Weight.eq(shape, point).number());
  }

  /** An axis that splits or joins at powers of two keeps its point; its weight is the same. */
  @Test
  void pointsSurviveReshapesAtPowersOfTwo() {
    record Case(List<Integer> outcome, List<Integer> source, boolean keepsPoints) {}
    for (Case c :
        List.of(
            new Case(List.of(5, 24), List.of(5, 3, 8), true),
            new Case(List.of(5, 3, 8), List.of(5, 24), true),
            new Case(List.of(5, 3, 2, 4), List.of(5, 6, 4), true),
            new Case(List.of(40), List.of(5, 1, 2, 4), true),
            new Case(List.of(5, 24), List.of(5, 8, 3), false),
            new Case(List.of(5, 8, 3), List.of(5, 24), false),
            new Case(List.of(3, 5), List.of(15), false),
            new Case(List.of(3, 4), List.of(4, 3), false))) {
      Weight w = Weight.eq(c.outcome, point(new TensorLayout(c.outcome).variables()));
      Weight carried = w.through(new ViewStep.Reshape(c.outcome), c.source);
      boolean all = true;
      for (int axis = 0; axis < c.source.size(); axis++) {
        all &= carried.hasPoint(axis);
      }
      assertEquals(c.keepsPoints, all, c.toString());
      int[] tensor = residues(random.longs(count(c.source), -50, 50).toArray());
      assertEquals(w.dot(tensor), carried.dot(tensor), c.toString());
      agreesWithItsTable(carried, tensor, c.toString());
    }
  }

  /** Steps have the numbers of equal steps on an equal shape and of no others. */
  @Test
  void numbersOfStepsTellThemApart() {
    List<Integer> shape = List.of(4, 6);
    List<List<ViewStep>> different =
        List.of(
            List.of(),
            List.of(new ViewStep.Permute(List.of(1, 0))),
            List.of(new ViewStep.Permute(List.of(0, 1))),
            List.of(new ViewStep.Reshape(List.of(1, 0))),
            List.of(new ViewStep.Window(1, 2, 3, 4, 5, 6)),
            List.of(new ViewStep.Unfold(1, 2, 6, 3, 4, 5)),
            List.of(new ViewStep.Unfold(1, 2, 3, 4, 5, 6)),
            List.of(new ViewStep.Ranges(1, List.of(0, 1), List.of(2), List.of(3))),
            List.of(new ViewStep.Ranges(1, List.of(0), List.of(1, 2), List.of(3))),
            List.of(new ViewStep.Ranges(1, List.of(0), List.of(1), List.of(2, 3))),
            // These two hash alike.
            List.of(new ViewStep.Window(0, 1, 1, 2, 7, 1)),
            List.of(new ViewStep.Window(0, 1, 1, 3, 7 - 31, 1)),
            List.of(new ViewStep.Permute(List.of(1, 0)), new ViewStep.Permute(List.of(1, 0))));
    for (int k = 0; k < different.size(); k++) {
      int[] numbers = ViewSemantics.numbers(shape, different.get(k));
      assertArrayEquals(numbers, ViewSemantics.numbers(shape, different.get(k)));
      for (int j = 0; j < k; j++) {
        assertFalse(Arrays.equals(numbers, ViewSemantics.numbers(shape, different.get(j))));
      }
      assertFalse(Arrays.equals(numbers, ViewSemantics.numbers(List.of(6, 4), different.get(k))));
    }
  }
}
