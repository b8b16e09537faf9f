package org.zkc.gkr.layout;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.zkc.gkr.circuit.CircuitLimits;
import org.zkc.gkr.circuit.CircuitTooLarge;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.mle.Mle;
import org.zkc.gkr.protocol.ProtocolConstants;
import org.zkc.gkr.relation.ConstraintSystem;
import org.zkc.gkr.relation.Lookup;
import org.zkc.gkr.weight.TensorLayout;

/**
 * The places of the fractions of a lookup argument. There are two trees: one of all lookups,
 * numerators 1, and one of all tables, numerators minus the multiplicities. Each tree has one block
 * for every lookup or table, largest first, so that every block starts at a multiple of its size.
 *
 * <p>A lookup's block holds the tensors' elements in the order of {@link LeafOrder}, by pairs of
 * tiles. A pair that holds a real element is <em>live</em>, zeros in the padding included. A padded
 * element is a lookup of the tuple of zeros, whether its table has that row or not; the fractions
 * of padded elements are known and subtracted at the root. All other leaves are 0 / 1, and no
 * prover needs to touch them.
 */
public record LeafLayout(Tree lookups, Tree tables) {
  /** A pair of tiles: the least block of a lookup. */
  private static final int PAIR = ProtocolConstants.LEAST_BLOCK;

  /**
   * @param offset a multiple of 2^variables
   * @param variables at least those of {@code layout}; a larger block holds the tensor at its start
   * @param tuple the tensors looked up, or the multiplicities alone when this is a table's block
   * @param table the tag
   * @param order the places of the elements; null for a table's block, whose rows are its first
   *     leaves
   * @param live the number of fractions that are not 0 / 1 by layout
   */
  public record Block(
      String name,
      int offset,
      int variables,
      TensorLayout layout,
      List<Integer> tuple,
      int table,
      @Nullable LeafOrder order,
      int live) {
    /** Live fractions that belong to no element. */
    public int padding() {
      return live - layout.elementCount();
    }
  }

  /**
   * The blocks of one tree.
   *
   * @param variables of all leaves together
   */
  public record Tree(List<Block> blocks, int variables) {
    private static Tree of(List<Block> blocks) {
      ArrayList<Block> sorted = new ArrayList<>(blocks);
      sorted.sort((a, b) -> Integer.compare(b.variables(), a.variables()));
      long at = 0;
      for (int k = 0; k < sorted.size(); k++) {
        Block b = sorted.get(k);
        sorted.set(
            k,
            new Block(
                b.name(),
                Math.toIntExact(at),
                b.variables(),
                b.layout(),
                b.tuple(),
                b.table(),
                b.order(),
                b.live()));
        at += 1L << b.variables();
      }
      return new Tree(List.copyOf(sorted), at == 0 ? 0 : Mle.variables(Math.toIntExact(at)));
    }

    /** The coordinates of {@code point} that are the tensor's own, in the tensor's order. */
    public Ext[] own(Block block, Ext[] point) {
      Ext[] own = Arrays.copyOfRange(point, variables - block.layout().variables(), variables);
      LeafOrder order = block.order();
      return order == null ? own : order.own(own);
    }

    /** The multilinear extension at {@code point} of the block's place among the others. */
    public Ext selector(Block block, Ext[] point) {
      return Mle.eqAtIndex(
          block.offset() >>> block.variables(),
          Arrays.copyOf(point, variables - block.variables()));
    }

    /** The multilinear extension at {@code point} of the tensor's place at its block's start. */
    public Ext start(Block block, Ext[] point) {
      return Mle.eqAtIndex(
          0,
          Arrays.copyOfRange(
              point, variables - block.variables(), variables - block.layout().variables()));
    }

    /** The multilinear extension at {@code point}, within the block, of the block's live leaves. */
    public Ext live(Block block, Ext[] point) {
      Ext[] own = own(block, point);
      LeafOrder order = block.order();
      return order == null ? Mle.prefixIndicator(block.live(), own) : order.live(own);
    }

    /** Lookups of elements, or table rows. */
    public long fractions() {
      long n = 0;
      for (Block b : blocks) {
        n += b.layout().elementCount();
      }
      return n;
    }
  }

  /**
   * The layout of a system's lookups; no blocks when it has none.
   *
   * @throws CircuitTooLarge when there are too many leaves: ranges are tables too, and the check of
   *     the circuit does not count these
   */
  public static LeafLayout of(ConstraintSystem system) {
    ArrayList<Block> lookups = new ArrayList<>();
    // The map is ordered by the shape's text and not hashed: a key chooses the shapes, and so
    // their hash codes.
    TreeMap<String, LeafOrder> orders = new TreeMap<>();
    for (Lookup l : system.lookups()) {
      TensorLayout layout = new TensorLayout(system.tensor(l.tuple().get(0)).shape());
      LeafOrder order =
          orders.computeIfAbsent(layout.shape().toString(), k -> LeafOrder.of(layout));
      lookups.add(
          new Block(
              l.name(),
              0,
              Math.max(ProtocolConstants.LOG_LEAST_BLOCK, layout.variables()),
              layout,
              l.tuple(),
              l.table(),
              order,
              Math.multiplyExact(order.liveBoxes(), PAIR)));
    }
    ArrayList<Block> tables = new ArrayList<>();
    for (int t = 0; t < system.tables().size(); t++) {
      int size = system.tables().get(t).size();
      TensorLayout layout = new TensorLayout(List.of(size));
      tables.add(
          new Block(
              "table " + t,
              0,
              layout.variables(),
              layout,
              List.of(system.multiplicities(t)),
              t,
              null,
              size));
    }
    long leaves = 0;
    for (List<Block> blocks : List.of(lookups, tables)) {
      for (Block b : blocks) {
        leaves += 1L << b.variables();
      }
    }
    if (leaves > CircuitLimits.LEAVES) {
      throw new CircuitTooLarge(
          "more than " + CircuitLimits.LEAVES + " lookups and rows of tables and ranges, padded");
    }
    return new LeafLayout(Tree.of(lookups), Tree.of(tables));
  }

  public boolean isEmpty() {
    return lookups.blocks().isEmpty();
  }

  /** Lookups of elements and table rows. */
  public long fractions() {
    return lookups.fractions() + tables.fractions();
  }

  /** Fractions that are not 0 / 1 by layout, on which a prover works. */
  public long live() {
    long n = 0;
    for (Tree tree : List.of(lookups, tables)) {
      for (Block b : tree.blocks()) {
        n += b.live();
      }
    }
    return n;
  }

  /** Padded elements looked up in each table. */
  public long[] paddings() {
    long[] out = new long[tables.blocks().size()];
    for (Block b : lookups.blocks()) {
      out[b.table()] += b.padding();
    }
    return out;
  }
}
