package org.zkc.gkr.prove.fraction;

import java.util.ArrayList;
import org.jspecify.annotations.Nullable;
import org.zkc.gkr.channel.Section;
import org.zkc.gkr.channel.SendingChannel;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.lookup.LogupVerifier;
import org.zkc.gkr.prove.sumcheck.LayerTables;
import org.zkc.gkr.prove.sumcheck.SumcheckProver;
import org.zkc.gkr.prove.sumcheck.TableMemory;
import org.zkc.gkr.prove.sumcheck.TileStack;
import org.zkc.gkr.prove.sumcheck.UnitFractionTables;
import org.zkc.gkr.prove.sumcheck.UnitLeaves;

/**
 * A tree of sums of fractions and the prover of {@link LogupVerifier} on it. A layer is released
 * when its sumcheck begins, and its memory used again by the layers below it. Leaves with numerator
 * 1 that can be computed again are not kept while the tree stands, nor is the layer above them.
 * This halves its memory: 16 bytes a leaf.
 */
public final class FractionTree {
  private final int variables;
  private final @Nullable UnitLeaves leaves;
  // From the leaves, or two above them, to the root's pair.
  private final ArrayList<FractionLayer> layers = new ArrayList<>();
  private final TileStack stack;
  private final Ext[] root;
  private final Workers workers;

  /** Fractions p / q, 2^variables of them. */
  public FractionTree(ExtVector p, ExtVector q, int variables, Workers workers) {
    this.variables = variables;
    this.workers = workers;
    leaves = null;
    if (variables == 0) {
      stack = new TileStack(0, new TableMemory());
      root = new Ext[] {p.get(0), q.get(0)};
    } else {
      int[] tiles = FractionLayer.tiles(p, q, variables - 1);
      stack = new TileStack(FractionLayer.room(variables - 1, tiles), new TableMemory());
      root = build(FractionLayer.of(p, q, variables - 1, tiles, stack));
    }
  }

  /**
   * Fractions 1 / q, of more variables than are held densely.
   *
   * @param tableMemory used until the tree is proved
   */
  public FractionTree(UnitLeaves leaves, TableMemory tableMemory, Workers workers) {
    this.leaves = leaves;
    this.workers = workers;
    variables = leaves.variables() + 1;
    stack = new TileStack(FractionLayer.room(leaves), tableMemory);
    root = build(FractionLayer.twoAbove(leaves, stack, workers));
  }

  private Ext[] build(FractionLayer lowest) {
    layers.add(lowest);
    while (layers.getLast().variables() > 0) {
      layers.add(layers.getLast().above(stack, workers));
    }
    return layers.getLast().root();
  }

  /** Numerator and denominator of the sum. */
  public Ext[] root() {
    return root;
  }

  /** Proves the root, and returns the leaves' point. A tree can be proved only once. */
  public Ext[] prove(SendingChannel out, String tree) {
    Ext[] rho = new Ext[0];
    for (int layer = 0; layer < variables; layer++) {
      String name = tree + " layer " + layer;
      Ext lambda = out.transcript().challengeExt(name + " lambda");
      LayerTables tables = tables(lambda, rho);
      Ext[] r = SumcheckProver.run(out, Section.LOOKUPS, name, tables);
      Ext[] v = tables.values();
      Ext unscale = lambda.inv();
      v[0] = v[0].mul(unscale);
      v[2] = v[2].mul(unscale);
      out.send(Section.LOOKUPS, name + " ends", v);
      rho = LogupVerifier.below(r, out.transcript().challengeExt(name + " half"));
    }
    return rho;
  }

  private LayerTables tables(Ext lambda, Ext[] rho) {
    if (!layers.isEmpty()) {
      FractionLayer layer = layers.removeLast();
      layer.release(stack);
      return layer.sumcheck(lambda, rho, workers);
    }
    UnitLeaves unit = leaves;
    if (unit == null) {
      throw new IllegalStateException("the tree has no layer left");
    }
    return rho.length == unit.variables()
        ? new UnitFractionTables(unit, lambda, rho, stack, workers)
        : FractionLayer.sumcheckAbove(unit, lambda, rho, stack, workers);
  }
}
