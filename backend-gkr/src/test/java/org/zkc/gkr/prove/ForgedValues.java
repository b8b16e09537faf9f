package org.zkc.gkr.prove;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.layout.LeafLayout;
import org.zkc.gkr.layout.LeafOrder;
import org.zkc.gkr.layout.ModelLayout;
import org.zkc.gkr.layout.WitnessLayout;
import org.zkc.gkr.mle.EqTable;
import org.zkc.gkr.protocol.ProtocolConstants;
import org.zkc.gkr.prove.commitment.RowSource;
import org.zkc.gkr.relation.ConstraintSystem;
import org.zkc.gkr.relation.Lookup;
import org.zkc.gkr.relation.LookupTable;
import org.zkc.gkr.weight.TensorLayout;

/**
 * The values of a malicious prover: elements of chosen tensors are others, everything computed from
 * them follows, and lookups of rows that do not exist are simply not counted.
 */
class ForgedValues extends TensorValues implements Adversary {
  private final ConstraintSystem system;
  private final Map<Integer, int[]> forged = new HashMap<>();
  private final Map<Integer, int[]> forgedStored = new HashMap<>();
  private final Map<Integer, int[]> committed = new HashMap<>();
  private final Map<Integer, int[]> combined = new HashMap<>();
  private static final int NONE = Integer.MIN_VALUE;

  private int balancedLeaf = NONE;
  private int copiedFrom = NONE;
  private int copiedTo = NONE;
  private int[] zeroLeaves = {};
  private int[] exchanged = {0, 0, 0};
  private int oddNumerator = -1;
  private Ext numerator = Ext.ONE;
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

  /**
   * Gives the table of a tensor, padding included, these residues; the cells of a committed one are
   * in the order of its axes.
   */
  ForgedValues forgeStored(int tensor, int[] residues) {
    forgedStored.put(tensor, residues);
    return this;
  }

  /** The number here of a leaf of the tables' tree. */
  static int ofTables(int leaf) {
    return -1 - leaf;
  }

  /** Lets the fractions of the lookups add up to 0 by adding what lacks to one of them. */
  ForgedValues balanceAt(int leaf) {
    balancedLeaf = leaf;
    return this;
  }

  /** Gives a fraction the denominator of another, in either tree. */
  ForgedValues copyDenominator(int from, int to) {
    copiedFrom = from;
    copiedTo = to;
    return this;
  }

  /** Lets two ranges of lookups change places. */
  ForgedValues exchange(int one, int other, int count) {
    exchanged = new int[] {one, other, count};
    return this;
  }

  /** Multiplies the numerator of a lookup. */
  ForgedValues multiplyNumerator(int leaf, Ext factor) {
    oddNumerator = leaf;
    numerator = factor;
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
  final Adversary adversary() {
    return this;
  }

  @Override
  public void seeModelRow(ModelLayout.Entry entry, Ext[] rowPoint, ExtVector row) {
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
  public boolean seesFractions() {
    return true;
  }

  @Override
  public void seeFractions(
      ExtVector lookupP, ExtVector lookupQ, ExtVector tableP, ExtVector tableQ) {
    for (int leaf : zeroLeaves) {
      (leaf < 0 ? tableQ : lookupQ).set(leaf < 0 ? -1 - leaf : leaf, Ext.ZERO);
    }
    if (copiedTo != NONE) {
      Ext copied = (copiedFrom < 0 ? tableQ : lookupQ).get(at(copiedFrom));
      (copiedTo < 0 ? tableQ : lookupQ).set(at(copiedTo), copied);
    }
    if (balancedLeaf != NONE) {
      ExtVector p = balancedLeaf < 0 ? tableP : lookupP;
      ExtVector q = balancedLeaf < 0 ? tableQ : lookupQ;
      Ext sum = sum(lookupP, lookupQ).add(sum(tableP, tableQ)).sub(paddings(lookupQ));
      int leaf = at(balancedLeaf);
      p.set(leaf, p.get(leaf).sub(sum.mul(q.get(leaf))));
    }
    for (int k = 0; k < exchanged[2]; k++) {
      Ext kept = lookupQ.get(exchanged[0] + k);
      lookupQ.set(exchanged[0] + k, lookupQ.get(exchanged[1] + k));
      lookupQ.set(exchanged[1] + k, kept);
    }
    if (oddNumerator >= 0) {
      lookupP.set(oddNumerator, lookupP.get(oddNumerator).mul(numerator));
    }
  }

  private static int at(int leaf) {
    return leaf < 0 ? -1 - leaf : leaf;
  }

  private static Ext sum(ExtVector p, ExtVector q) {
    Ext sum = Ext.ZERO;
    for (int k = 0; k < p.length(); k++) {
      sum = sum.add(p.get(k).mul(q.get(k).inv()));
    }
    return sum;
  }

  /**
   * The sum that the verifier subtracts: the fractions of elements in the padding, all of one
   * block.
   */
  private Ext paddings(ExtVector q) {
    Ext sum = Ext.ZERO;
    for (LeafLayout.Block b : LeafLayout.of(system).lookups().blocks()) {
      int[] real = new int[b.layout().elementCount()];
      Arrays.fill(real, 1);
      LeafOrder order = Objects.requireNonNull(b.order());
      int[] mask = new int[ProtocolConstants.LEAST_BLOCK];
      for (int place : order.places()) {
        order.copy(of(real), place, mask, 0);
        for (int k = 0; k < mask.length; k++) {
          if (mask[k] == 0) {
            sum = sum.add(q.get(b.offset() + place * mask.length + k).inv());
          }
        }
      }
    }
    return sum;
  }

  /**
   * Commits to other residues of a tensor than are proved about; the row combination is of these,
   * or of those proved about. They are given in the order of its cells.
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
  TensorLayout.Elements elements(int tensor) {
    return of(real(tensor));
  }

  @Override
  PackedIntegers packedElements(int tensor) {
    return PackedIntegers.ofResidues(real(tensor), Workers.callerOnly());
  }

  /** Keeps tensors for further proofs. */
  @Override
  void orderCells() {}

  @Override
  int[] stored(int tensor) {
    return forgedStored.containsKey(tensor) ? forgedStored.get(tensor) : super.stored(tensor);
  }

  @Override
  int storedLength(WitnessLayout.Column column) {
    int[] table = forgedStored.get(column.tensor());
    return table == null ? super.storedLength(column) : end(column, table) - column.from();
  }

  @Override
  int stored(WitnessLayout.Column column, int from, int count, int[] out, int at) {
    int[] table = forgedStored.get(column.tensor());
    return table == null
        ? super.stored(column, from, count, out, at)
        : copy(column, table, from, count, out, at);
  }

  @Override
  int committed(WitnessLayout.Column column, int from, int count, int[] out, int at) {
    int[] table = committed.get(column.tensor());
    return table == null
        ? super.committed(column, from, count, out, at)
        : copy(column, table, from, count, out, at);
  }

  @Override
  int combined(WitnessLayout.Column column, int from, int count, int[] out, int at) {
    int[] table = combined.get(column.tensor());
    return table == null
        ? super.combined(column, from, count, out, at)
        : copy(column, table, from, count, out, at);
  }

  /** Where a column's part of its tensor's table ends. */
  private static int end(WitnessLayout.Column column, int[] table) {
    int end = column.from() + column.length();
    return end < column.order().layout().storedLength() ? end : table.length;
  }

  private static int copy(
      WitnessLayout.Column column, int[] table, int from, int count, int[] out, int at) {
    int first = column.from() + from;
    int some = Math.clamp(end(column, table) - first, 0, count);
    if (some > 0) {
      System.arraycopy(table, first, out, at, some);
    }
    return some;
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
