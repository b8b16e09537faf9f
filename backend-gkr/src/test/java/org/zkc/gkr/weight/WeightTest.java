package org.zkc.gkr.weight;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
      Weight w = Weight.eq(last, point(new TensorLayout(last).variables()));
      Weight carried = new WeightPool().through(w, shapes.get(0), steps);
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
    ExtVector folded = w.foldOthers(2, 4, real);
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
    ViewStep turn = new ViewStep.Permute(List.of(1, 0));
    ViewStep.Window all = new ViewStep.Window(0, 1, 1, 1, 0, 100);
    WeightPool pool = new WeightPool(300);
    for (int claim = 0; claim < 3; claim++) {
      Weight w = Weight.eq(List.of(1), new Ext[0]);
      pool.through(w, List.of(100), List.of(all));
      // Once: the second time it is there.
      pool.through(w, List.of(100), List.of(all));
      // A point keeps being one.
      pool.through(Weight.eq(List.of(64, 32), point(11)), List.of(32, 64), List.of(turn));
    }
    Weight more = Weight.eq(List.of(1), new Ext[0]);
    VerificationFailure e =
        assertThrows(
            VerificationFailure.class, () -> pool.through(more, List.of(100), List.of(all)));
    assertTrue(e.getMessage().startsWith("weights carried"), e.getMessage());
  }
}
