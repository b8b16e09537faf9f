package org.zkc.gkr.layout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.mle.Mle;
import org.zkc.gkr.protocol.ProtocolConstants;
import org.zkc.gkr.weight.TensorLayout;

class LeafOrderTest {
  private static final int BOX = ProtocolConstants.LEAST_BLOCK;

  /** What lies in the leaves, box by box; -1 where nothing is live. */
  private static int[] leaves(LeafOrder order, TensorLayout layout, int[] real) {
    int[] out = new int[Math.max(BOX, layout.paddedLength())];
    Arrays.fill(out, -1);
    for (int place : order.places()) {
      order.copy(
          (from, count, to, at) -> System.arraycopy(real, from, to, at, count),
          place,
          out,
          place * BOX);
    }
    return out;
  }

  private static List<Integer> shape(Random random) {
    List<Integer> shape = new ArrayList<>();
    long padded = 1;
    for (int axes = 1 + random.nextInt(5); axes > 0; axes--) {
      int extent = 1 + random.nextInt(random.nextInt(4) == 0 ? 300 : 20);
      if (padded << Mle.variables(extent) <= 1 << 15) {
        shape.add(extent);
        padded <<= Mle.variables(extent);
      }
    }
    return shape.isEmpty() ? List.of(3) : shape;
  }

  @Test
  void everyElementHasOnePlace() {
    for (int seed = 0; seed < 300; seed++) {
      TensorLayout layout = new TensorLayout(shape(new Random(seed)));
      LeafOrder order = LeafOrder.of(layout);
      int[] real = new int[layout.elementCount()];
      Arrays.setAll(real, k -> k + 1);
      int[] found =
          Arrays.stream(leaves(order, layout, real)).filter(v -> v > 0).sorted().toArray();
      assertArrayEquals(real, found, "seed " + seed + ": " + layout.shape());
      int[] places = order.places();
      assertEquals(order.liveBoxes(), places.length);
      assertArrayEquals(Arrays.stream(places).sorted().distinct().toArray(), places);
    }
  }

  /** The extensions that a verifier evaluates are those of the leaves as a prover has them. */
  @Test
  void extensionsAreThoseOfTheLeaves() {
    for (int seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      TensorLayout layout = new TensorLayout(shape(random));
      LeafOrder order = LeafOrder.of(layout);
      int[] real = random.ints(layout.elementCount(), 1, 1 << 30).toArray();
      int[] leaves = leaves(order, layout, real);
      int variables = Math.max(ProtocolConstants.LOG_LEAST_BLOCK, layout.variables());
      Ext[] point = new Ext[variables];
      Arrays.setAll(point, k -> Ext.ofSigned(random.nextInt(1 << 30)));
      Ext[] last = Arrays.copyOfRange(point, variables - layout.variables(), variables);
      Ext[] own = order.own(last);
      ExtVector live = new ExtVector(leaves.length);
      ExtVector values = new ExtVector(leaves.length);
      for (int k = 0; k < leaves.length; k++) {
        live.set(k, leaves[k] < 0 ? Ext.ZERO : Ext.ONE);
        values.set(k, Ext.ofSigned(Math.max(0, leaves[k])));
      }
      String which = "seed " + seed + ": " + layout.shape();
      assertEquals(Mle.evaluate(live, point), order.live(own), which);
      Ext start = Mle.eqAtIndex(0, Arrays.copyOf(point, variables - layout.variables()));
      assertEquals(
          Mle.evaluate(values, point), start.mul(Mle.evaluate(layout.pad(real), own)), which);
    }
  }

  /** Where an order is the tensor's own, its boxes are the elements from the first to the last. */
  @Test
  void rowMajorOrdersAreTheTensorsOwn() {
    int rowMajor = 0;
    for (int seed = 0; seed < 300; seed++) {
      TensorLayout layout = new TensorLayout(shape(new Random(seed)));
      LeafOrder order = LeafOrder.of(layout);
      int[] real = new int[layout.elementCount()];
      Arrays.setAll(real, k -> k + 1);
      int[] live = Arrays.copyOf(real, order.liveBoxes() * BOX);
      int[] found =
          Arrays.copyOf(
              Arrays.stream(leaves(order, layout, real)).filter(v -> v >= 0).toArray(),
              live.length);
      assertEquals(
          order.isRowMajor(), Arrays.equals(live, found), "seed " + seed + ": " + layout.shape());
      rowMajor += order.isRowMajor() ? 1 : 0;
    }
    assertTrue(rowMajor > 20 && rowMajor < 280, rowMajor + " of 300");
    assertTrue(LeafOrder.of(new TensorLayout(List.of(5, 64, 128))).isRowMajor());
    assertFalse(LeafOrder.of(new TensorLayout(List.of(64, 112, 112))).isRowMajor());
  }

  /** A full box is the elements at its distances from its start. */
  @Test
  void fullBoxesAreElementsAtFixedDistances() {
    List<List<Integer>> shapes =
        new ArrayList<>(
            List.of(
                List.of(1, 512, 7, 7), List.of(64, 28, 28), List.of(3, 96, 20, 4), List.of(3072)));
    for (int seed = 0; seed < 300; seed++) {
      shapes.add(shape(new Random(seed)));
    }
    for (List<Integer> shape : shapes) {
      TensorLayout layout = new TensorLayout(shape);
      LeafOrder order = LeafOrder.of(layout);
      assertEquals(
          layout.elementCount() == order.liveBoxes() * BOX, order.isFull(), shape.toString());
      if (!order.isFull()) {
        continue;
      }
      int[] real = new int[layout.elementCount()];
      Arrays.setAll(real, k -> k);
      int[] leaves = leaves(order, layout, real);
      int[] distances = order.distances();
      for (int place : order.places()) {
        for (int k = 0; k < BOX; k++) {
          assertEquals(
              leaves[place * BOX + k], order.start(place) + distances[k], shape.toString());
        }
      }
    }
    shapes.subList(0, 4).forEach(s -> assertTrue(LeafOrder.of(new TensorLayout(s)).isFull()));
  }

  /** Images and sequences of the usual sizes have next to no padding. */
  @Test
  void boxesFitTheShapesOfNetworks() {
    assertEquals(197 * 768 + 768, live(197, 768));
    assertEquals(64 * 112 * 112, live(1, 64, 112, 112));
    assertEquals(256 * 56 * 56, live(1, 256, 56, 56));
    assertEquals(2048 * 7 * 7, live(1, 2048, 7, 7));
    assertTrue(live(12, 197, 197) < 1.08 * 12 * 197 * 197);
    assertTrue(live(1000) == 1024 && live(5) == BOX && live(3, 3, 3, 3, 3, 3) == 6 * BOX);
  }

  private static int live(Integer... shape) {
    return LeafOrder.of(new TensorLayout(List.of(shape))).liveBoxes() * BOX;
  }
}
