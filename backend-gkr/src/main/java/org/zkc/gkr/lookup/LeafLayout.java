package org.zkc.gkr.lookup;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.mle.Mle;
import org.zkc.gkr.relation.ConstraintSystem;
import org.zkc.gkr.relation.Lookup;
import org.zkc.gkr.weight.TensorLayout;

/**
 * Where the fractions of a lookup argument lie: one block for every lookup and one for every table,
 * largest padded size first, so that every block starts at a multiple of its size. Fractions
 * outside the blocks' real indices are 0 / 1.
 */
public final class LeafLayout {
  /**
   * @param offset a multiple of 2^variables
   * @param tuple the tensors looked up, or the multiplicities alone when this is a table's block
   * @param table the tag
   */
  public record Block(
      String name,
      int offset,
      TensorLayout layout,
      boolean isTable,
      List<Integer> tuple,
      int table) {}

  private final List<Block> blocks;
  private final int variables;

  private LeafLayout(List<Block> blocks, int variables) {
    this.blocks = List.copyOf(blocks);
    this.variables = variables;
  }

  /** The layout of a system's lookups; no blocks when it has none. */
  public static LeafLayout of(ConstraintSystem system) {
    ArrayList<Block> blocks = new ArrayList<>();
    for (Lookup l : system.lookups()) {
      TensorLayout layout = new TensorLayout(system.tensor(l.tuple().get(0)).shape());
      blocks.add(new Block(l.name(), 0, layout, false, l.tuple(), l.table()));
    }
    for (int t = 0; t < system.tables().size(); t++) {
      TensorLayout layout = new TensorLayout(List.of(system.tables().get(t).size()));
      blocks.add(new Block("table " + t, 0, layout, true, List.of(system.multiplicities(t)), t));
    }
    blocks.sort(Comparator.comparingInt(b -> -b.layout().variables()));
    long at = 0;
    for (int k = 0; k < blocks.size(); k++) {
      Block b = blocks.get(k);
      blocks.set(
          k,
          new Block(b.name(), Math.toIntExact(at), b.layout(), b.isTable(), b.tuple(), b.table()));
      at += b.layout().paddedLength();
    }
    return new LeafLayout(blocks, at == 0 ? 0 : Mle.variables(Math.toIntExact(at)));
  }

  public List<Block> blocks() {
    return blocks;
  }

  /** Variables of all leaves together. */
  public int variables() {
    return variables;
  }

  /** The coordinates of {@code point} that are the block's own. */
  public Ext[] own(Block block, Ext[] point) {
    return Arrays.copyOfRange(point, variables - block.layout().variables(), variables);
  }

  /** The multilinear extension at {@code point} of the block's place among the others. */
  public Ext selector(Block block, Ext[] point) {
    int n = block.layout().variables();
    return Mle.eqAtIndex(block.offset() >>> n, Arrays.copyOf(point, variables - n));
  }

  /** Fractions that are not 0 / 1 by layout: lookups and table rows. */
  public long fractions() {
    long n = 0;
    for (Block b : blocks) {
      n += b.layout().elementCount();
    }
    return n;
  }
}
