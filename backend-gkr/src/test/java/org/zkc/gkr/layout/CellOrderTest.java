package org.zkc.gkr.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zkc.gkr.circuit.ViewStep;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.weight.TensorLayout;
import org.zkc.gkr.weight.Weight;

/** The orders that shapes get, and that a claim on a tensor is one on its cells. */
class CellOrderTest {
  private static final long SEED = 5;

  private final Random random = new Random(SEED);

  private static List<Integer> shape(String extents) {
    return Arrays.stream(extents.split(" ")).map(Integer::valueOf).toList();
  }

  private static TensorLayout cells(String extents) {
    return CellOrder.of(shape(extents)).layout();
  }

  @Test
  void shapesOfNetworks() {
    assertEquals(shape("784 1 512"), cells("1 512 28 28").shape());
    assertEquals(shape("591 1 256"), cells("1 197 768").shape());
    // 2364 are more than are joined, and so a factor of 12 alone comes first.
    assertEquals(shape("591 1 4 197"), cells("1 12 197 197").shape());
    for (String extents : List.of("1 512 28 28", "1 256 56 56", "1 2048 7 7", "45 192")) {
      assertTrue(cells(extents).isPrefix(), extents);
    }
  }

  @Test
  void shapesThatKeepTheirOrder() {
    for (String extents : List.of("1 512 32 32", "100000", "30 15 15", "197 64", "1 60 128 128")) {
      assertTrue(CellOrder.of(shape(extents)).isOfAxes(), extents);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"20 21 21", "1 12 29 37", "45 192", "5 7 11 29", "3 80 40", "9 19 70"})
  void claimsOnATensorAreClaimsOnItsCells(String extents) {
    List<Integer> shape = shape(extents);
    CellOrder order = CellOrder.of(shape);
    assertTrue(!order.isOfAxes(), extents);
    int[] tensor =
        new Random(SEED).ints(new TensorLayout(shape).elementCount(), 0, M31.P).toArray();
    int[] cells = cells(tensor, order);
    for (Weight weight : weights(shape)) {
      Ext sum = Ext.ZERO;
      Ext[] point = point(order.layout().variables());
      Ext at = Ext.ZERO;
      for (Weight w : order.carry(weight)) {
        sum = sum.add(w.dot(cells));
        at = at.add(w.at(point));
      }
      assertEquals(weight.dot(tensor), sum, "seed " + SEED);
      assertEquals(at, order.at(weight, point), "seed " + SEED);
    }
  }

  /** The elements in the order of the cells; each has one place. */
  private static int[] cells(int[] tensor, CellOrder order) {
    CellOrder.Places places = order.places();
    int[] out = new int[tensor.length];
    BitSet met = new BitSet();
    int at = 0;
    for (int start : places.starts()) {
      for (int distance : places.distances()) {
        met.set(start + distance);
        out[at++] = tensor[start + distance];
      }
    }
    assertEquals(tensor.length, at);
    assertEquals(tensor.length, met.cardinality());
    return out;
  }

  /** A weight of points, of vectors, of either by turns, and one that joins all axes. */
  private List<Weight> weights(List<Integer> shape) {
    ArrayList<Weight> out = new ArrayList<>();
    out.add(Weight.eq(shape, point(new TensorLayout(shape).variables())));
    List<ExtVector> vectors = shape.stream().map(this::vector).toList();
    out.add(Weight.ofAxes(vectors, point(1)[0]));
    for (int parity = 0; parity < 2; parity++) {
      Weight w = Weight.ofAxes(vectors, point(1)[0]);
      for (int axis = parity; axis < shape.size(); axis += 2) {
        int variables = new TensorLayout(List.of(shape.get(axis))).variables();
        w = w.withAxis(axis, point(variables), shape.get(axis));
      }
      out.add(w);
    }
    int all = new TensorLayout(shape).elementCount();
    out.add(
        Weight.ofAxes(List.of(vector(all)), Ext.ONE)
            .through(new ViewStep.Reshape(List.of(all)), shape));
    return out;
  }

  private ExtVector vector(int length) {
    ExtVector out = new ExtVector(length);
    for (int k = 0; k < length; k++) {
      out.set(k, point(1)[0]);
    }
    return out;
  }

  private Ext[] point(int variables) {
    Ext[] out = new Ext[variables];
    for (int k = 0; k < variables; k++) {
      out[k] =
          new Ext(
              random.nextInt(M31.P),
              random.nextInt(M31.P),
              random.nextInt(M31.P),
              random.nextInt(M31.P));
    }
    return out;
  }
}
