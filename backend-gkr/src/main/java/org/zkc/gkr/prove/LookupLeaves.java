package org.zkc.gkr.prove;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.FractionTile;
import org.zkc.gkr.kernel.Kernels;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.layout.LeafLayout;
import org.zkc.gkr.layout.LeafOrder;
import org.zkc.gkr.lookup.LookupChallenges;
import org.zkc.gkr.prove.sumcheck.UnitLeaves;
import org.zkc.gkr.weight.TensorLayout;

/** The fractions 1 / (alpha - tuple) of all lookups, computed from the tensors looked up. */
final class LookupLeaves implements UnitLeaves {
  private static final int PAIR = 2 * FractionTile.SIZE;

  private final int variables;
  private final int[] tiles;
  private final List<Column> columns = new ArrayList<>();
  private final int[] firstTile;

  /** A block's tensors, and the constants of its denominators. */
  private record Column(Leaves[] tensors, Ext constant, Ext[] factors) {}

  /** The elements of a tensor, {@code count} of them, in the order of its live leaves. */
  private record Leaves(TensorLayout.Elements elements, int count) {
    /** Reads a pair of tiles, zeros where it has no elements. */
    void read(int pair, int[] out) {
      int from = pair * PAIR;
      int real = Math.min(PAIR, count - from);
      elements.copy(from, real, out, 0);
      if (real < PAIR) {
        Arrays.fill(out, real, PAIR, 0);
      }
    }
  }

  LookupLeaves(
      LeafLayout.Tree tree, TensorValues values, LookupChallenges challenges, Workers workers) {
    variables = tree.variables() - 1;
    int live = 0;
    for (LeafLayout.Block block : tree.blocks()) {
      live += block.live() / PAIR;
    }
    tiles = new int[live];
    firstTile = new int[tree.blocks().size()];
    Map<LeafOrder, int[]> placesOf = new IdentityHashMap<>();
    Map<Integer, Leaves> leavesOf = new HashMap<>();
    int at = 0;
    for (LeafLayout.Block block : tree.blocks()) {
      LeafOrder order = Objects.requireNonNull(block.order(), "lookups have an order");
      int[] places = placesOf.computeIfAbsent(order, LeafOrder::places);
      Leaves[] tensors = new Leaves[block.tuple().size()];
      for (int j = 0; j < tensors.length; j++) {
        tensors[j] =
            leavesOf.computeIfAbsent(
                block.tuple().get(j),
                t -> leaves(order, places, block.layout(), values.elements(t), workers));
      }
      firstTile[columns.size()] = at;
      columns.add(
          new Column(
              tensors, challenges.constant(block.table()), challenges.factors(tensors.length)));
      for (int place : places) {
        tiles[at++] = block.offset() / PAIR + place;
      }
    }
  }

  /**
   * Elements in the order of the leaves. They are read four times, so elements in another order are
   * rearranged once.
   */
  private static Leaves leaves(
      LeafOrder order,
      int[] places,
      TensorLayout layout,
      TensorLayout.Elements elements,
      Workers workers) {
    if (order.isRowMajor()) {
      return new Leaves(elements, layout.elementCount());
    }
    if (elements instanceof PackedIntegers packed && order.isFull()) {
      int[] starts = Arrays.stream(places).map(order::start).toArray();
      return new Leaves(packed.gathered(starts, order.distances(), workers), layout.elementCount());
    }
    int[] all = new int[places.length * PAIR];
    workers.forEachRange(
        places.length,
        (from, to) -> {
          for (int k = from; k < to; k++) {
            order.copy(elements, places[k], all, k * PAIR);
          }
        });
    return new Leaves(PackedIntegers.ofResidues(all, workers), all.length);
  }

  @Override
  public int variables() {
    return variables;
  }

  @Override
  public int[] tiles() {
    return tiles;
  }

  @Override
  public Reader reader() {
    int[][] read = new int[2][PAIR];
    return (slot, shift, even, odd) -> {
      int found = Arrays.binarySearch(firstTile, slot);
      int at = found >= 0 ? found : -found - 2;
      Column column = columns.get(at);
      for (int j = 0; j < column.tensors().length; j++) {
        column.tensors()[j].read(slot - firstTile[at], read[j]);
      }
      Ext constant = column.constant().add(shift);
      Kernels.best().denominators(constant, column.factors(), read, 0, even);
      Kernels.best().denominators(constant, column.factors(), read, FractionTile.SIZE, odd);
    };
  }

  /** Writes all fractions, those that are not live included, in order. */
  void writeTo(ExtVector p, ExtVector q) {
    q.fill(Ext.ONE);
    Reader reader = reader();
    for (int slot = 0; slot < tiles.length; slot++) {
      int at = tiles[slot] * PAIR;
      p.slice(at, PAIR).fill(Ext.ONE);
      reader.read(
          slot,
          Ext.ZERO,
          q.slice(at, FractionTile.SIZE),
          q.slice(at + FractionTile.SIZE, FractionTile.SIZE));
    }
  }
}
