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
  private final Ext factor;
  private final int[] tiles;
  private final List<Column> columns = new ArrayList<>();
  private final int[] firstTile;

  /** A block's tensors, and the constant of its denominators. */
  private record Column(Leaves[] tensors, Ext constant) {}

  /** The elements of a tensor, {@code count} of them, in the order of its live leaves. */
  private record Leaves(TensorLayout.Elements elements, int count) {
    /** Reads a pair of tiles, zeros where it has no elements. */
    void read(int pair, int[] out, int at) {
      int from = pair * PAIR;
      int real = Math.min(PAIR, count - from);
      elements.copy(from, real, out, at);
      if (real < PAIR) {
        Arrays.fill(out, at + real, at + PAIR, 0);
      }
    }
  }

  LookupLeaves(
      LeafLayout.Tree tree, TensorValues values, LookupChallenges challenges, Workers workers) {
    variables = tree.variables() - 1;
    factor = challenges.valueBeta();
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
      columns.add(new Column(tensors, challenges.constant(block.table())));
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
  public Ext factor() {
    return factor;
  }

  @Override
  public Reader reader() {
    return new Reader() {
      private int at(int slot) {
        int found = Arrays.binarySearch(firstTile, slot);
        return found >= 0 ? found : -found - 2;
      }

      @Override
      public Ext constant(int slot) {
        return columns.get(at(slot)).constant();
      }

      @Override
      public boolean read(int slot, int[] first, int[] second, int to) {
        int at = at(slot);
        Leaves[] tensors = columns.get(at).tensors();
        tensors[0].read(slot - firstTile[at], first, to);
        if (tensors.length > 1) {
          tensors[1].read(slot - firstTile[at], second, to);
        }
        return tensors.length > 1;
      }
    };
  }

  /** Writes all fractions, those that are not live included, in order. */
  void writeTo(ExtVector p, ExtVector q) {
    q.fill(Ext.ONE);
    Reader reader = reader();
    int[][] entries = new int[2][PAIR];
    for (int slot = 0; slot < tiles.length; slot++) {
      int at = tiles[slot] * PAIR;
      p.slice(at, PAIR).fill(Ext.ONE);
      boolean pairs = reader.read(slot, entries[0], entries[1], 0);
      Ext[] factors = pairs ? new Ext[] {Ext.ONE, factor} : new Ext[] {Ext.ONE};
      Kernels.best().denominators(reader.constant(slot), factors, entries, 0, q.slice(at, PAIR));
    }
  }
}
