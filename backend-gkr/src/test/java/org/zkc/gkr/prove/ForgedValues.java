package org.zkc.gkr.prove;

import java.util.HashMap;
import java.util.Map;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.ligero.RowSource;
import org.zkc.gkr.mle.EqTable;
import org.zkc.gkr.relation.ConstraintSystem;
import org.zkc.gkr.relation.Lookup;
import org.zkc.gkr.relation.LookupTable;
import org.zkc.gkr.relation.ModelLayout;

/**
 * The values of a malicious prover: elements of chosen tensors are others, everything computed from
 * them follows, and lookups of rows that do not exist are simply not counted.
 */
class ForgedValues extends TensorValues {
  private final ConstraintSystem system;
  private final Map<Integer, int[]> forged = new HashMap<>();
  private final Map<Integer, int[]> forgedStored = new HashMap<>();
  private final Map<Integer, int[]> committed = new HashMap<>();
  private final Map<Integer, int[]> combined = new HashMap<>();
  private int balancedLeaf = -1;
  private int copiedFrom = -1;
  private int copiedTo = -1;
  private int[] zeroLeaves = {};
  private RowSource modelJunk;

  ForgedValues(WeakProof proof, int[][] elements) {
    this(proof.key.verifierKey().arithmetization().system(), elements, proof.key.model());
  }

  ForgedValues(ConstraintSystem system, int[][] elements, ModelMatrix model) {
    super(system, WeakProof.witness(elements), model);
    this.system = system;
  }

  /** Gives a tensor these elements, as signed integers. */
  ForgedValues forge(int tensor, int[] elements) {
    int[] residues = new int[elements.length];
    for (int k = 0; k < residues.length; k++) {
      residues[k] = M31.fromSigned(elements[k]);
    }
    forged.put(tensor, residues);
    return this;
  }

  /** Gives the committed table of a tensor, padding included, these residues. */
  ForgedValues forgeStored(int tensor, int[] residues) {
    forgedStored.put(tensor, residues);
    return this;
  }

  /** Lets the fractions of the lookups add up to 0 by adding what lacks to one of them. */
  ForgedValues balanceAt(int leaf) {
    balancedLeaf = leaf;
    return this;
  }

  /** Gives one of the fractions the denominator of another. */
  ForgedValues copyDenominator(int from, int to) {
    copiedFrom = from;
    copiedTo = to;
    return this;
  }

  /** Gives some of the fractions the denominator 0. */
  ForgedValues zeroDenominators(int... leaves) {
    zeroLeaves = leaves;
    return this;
  }

  /** Proves the model's openings for committed rows that hold this besides the weights. */
  ForgedValues addToModelRows(RowSource junk) {
    modelJunk = junk;
    return this;
  }

  @Override
  void seeModelRow(ModelLayout.Entry entry, Ext[] rowPoint, ExtVector row) {
    if (modelJunk == null) {
      return;
    }
    ExtVector coefficients = EqTable.of(rowPoint, entry.rows());
    for (int r = 0; r < entry.rows(); r++) {
      int[] junk = new int[row.length()];
      modelJunk.fill(entry.firstRow() + r, junk, 0);
      for (int k = 0; k < junk.length; k++) {
        row.set(k, row.get(k).add(coefficients.get(r).mulBase(junk[k])));
      }
    }
  }

  @Override
  void seeFractions(ExtVector p, ExtVector q) {
    for (int leaf : zeroLeaves) {
      q.set(leaf, Ext.ZERO);
    }
    if (copiedTo >= 0) {
      q.set(copiedTo, q.get(copiedFrom));
    }
    if (balancedLeaf >= 0) {
      Ext sum = Ext.ZERO;
      for (int k = 0; k < p.length(); k++) {
        sum = sum.add(p.get(k).mul(q.get(k).inv()));
      }
      p.set(balancedLeaf, p.get(balancedLeaf).sub(sum.mul(q.get(balancedLeaf))));
    }
  }

  /**
   * Commits to other residues of a tensor than are proved about; the row combination is of these,
   * or of those proved about.
   */
  ForgedValues commitTo(int tensor, int[] residues, boolean combineCommitted) {
    committed.put(tensor, residues);
    combined.put(tensor, combineCommitted ? residues : stored(tensor));
    return this;
  }

  int[] signed(int tensor) {
    int[] out = real(tensor).clone();
    for (int k = 0; k < out.length; k++) {
      out[k] = M31.toSigned(out[k]);
    }
    return out;
  }

  @Override
  int[] real(int tensor) {
    return forged.containsKey(tensor) ? forged.get(tensor) : super.real(tensor);
  }

  @Override
  int[] stored(int tensor) {
    return forgedStored.containsKey(tensor) ? forgedStored.get(tensor) : super.stored(tensor);
  }

  @Override
  int[] committed(int tensor) {
    return committed.containsKey(tensor) ? committed.get(tensor) : super.committed(tensor);
  }

  @Override
  int[] combined(int tensor) {
    return combined.containsKey(tensor) ? combined.get(tensor) : super.combined(tensor);
  }

  @Override
  void countLookups(LookupProver lookups) {
    for (int t = 0; t < system.tables().size(); t++) {
      LookupTable table = system.tables().get(t);
      int[] first = table.column(0);
      int[] counts = new int[table.size()];
      for (Lookup l : system.lookups()) {
        if (l.table() == t) {
          int[] looked = real(l.tuple().get(0));
          for (int x : looked) {
            int row = M31.sub(x, first[0]);
            if (row < counts.length) {
              counts[row]++;
            }
          }
        }
      }
      set(system.multiplicities(t), counts);
    }
  }
}
