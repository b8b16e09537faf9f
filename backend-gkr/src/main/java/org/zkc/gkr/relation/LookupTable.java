package org.zkc.gkr.relation;

import org.zkc.gkr.circuit.Table;
import org.zkc.gkr.field.M31;

/** A table of a {@link ConstraintSystem}; its index there is its tag in the lookup argument. */
public sealed interface LookupTable {
  /** The number of rows. */
  int size();

  /** Entries of one row: the width of the tuples looked up in it. */
  int width();

  /** Column {@code column} in 0 .. width-1, as residues. */
  int[] column(int column);

  /** The integers 0 .. size-1. */
  record Range(int size) implements LookupTable {
    @Override
    public int width() {
      return 1;
    }

    @Override
    public int[] column(int column) {
      int[] out = new int[size];
      for (int k = 0; k < size; k++) {
        out[k] = k;
      }
      return out;
    }
  }

  /**
   * The pairs (h, value(h)) of table {@code index} of the circuit; equal by that index, so that
   * nobody hashes the rows.
   */
  record Function(int index, Table table) implements LookupTable {
    @Override
    public boolean equals(Object other) {
      return other instanceof Function f && f.index == index;
    }

    @Override
    public int hashCode() {
      return Integer.hashCode(index);
    }

    @Override
    public int size() {
      return table.size();
    }

    @Override
    public int width() {
      return 2;
    }

    @Override
    public int[] column(int column) {
      int[] out = new int[table.size()];
      for (int k = 0; k < out.length; k++) {
        out[k] = M31.fromSigned(column == 0 ? table.first() + k : table.value(k));
      }
      return out;
    }
  }
}
