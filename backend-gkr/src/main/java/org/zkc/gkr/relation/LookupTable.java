package org.zkc.gkr.relation;

import org.zkc.gkr.circuit.Table;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.mle.Mle;

/** A table of a {@link ConstraintSystem}; its index there is its tag in the lookup argument. */
public sealed interface LookupTable {
  /** The number of rows. */
  int size();

  /** Entries of one row: the width of the tuples looked up in it. */
  int width();

  /** Column {@code column} in 0 .. width-1, as residues. */
  int[] column(int column);

  /**
   * The multilinear extension of a column at a point with variables for all rows; entries behind
   * the rows are 0. Entries that count up or are all one have a closed form, so a verifier does not
   * write such rows out.
   */
  Ext extension(int column, Ext[] point);

  /**
   * The integers 0 .. size-1. Equality is written out, because a record's own is linked at its
   * first call, in 13 ms of a process.
   */
  record Range(int size) implements LookupTable {
    @Override
    public boolean equals(Object other) {
      return other instanceof Range r && r.size == size;
    }

    @Override
    public int hashCode() {
      return size;
    }

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

    @Override
    public Ext extension(int column, Ext[] point) {
      return Mle.prefixIndex(size, point);
    }
  }

  /**
   * The pairs (h, value(h)) of table {@code index} of the circuit. Equality is by that index, so
   * the rows are never hashed.
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

    @Override
    public Ext extension(int column, Ext[] point) {
      if (column == 0) {
        return counting(table.first(), 0, table.size(), point);
      }
      return switch (table) {
        case Table.Clamp c -> clamped(c, c.low(), c.high(), point);
        case Table.Excess e ->
            counting(e.first(), 0, e.size(), point).sub(clamped(e, e.low(), e.high(), point));
        case Table.Entries e -> {
          int[] given = new int[e.given()];
          for (int k = 0; k < given.length; k++) {
            given[k] = M31.fromSigned(e.given(k));
          }
          int end = e.start() + given.length;
          yield Mle.evaluateFrom(e.start(), given, point)
              .add(same(e.given(0), 0, e.start(), point))
              .add(same(e.given(given.length - 1), end, e.size(), point));
        }
      };
    }

    /** The extension of h cut to [least, high] at the row of every argument h of the table. */
    private static Ext clamped(Table table, long least, long high, Ext[] point) {
      // The bounds may be any integers, so they are cut to the rows' arguments before anything is
      // subtracted.
      long first = table.first();
      long end = first + table.size();
      long low = Math.min(least, high);
      int from = (int) (Math.clamp(low, first, end) - first);
      int to = (int) (Math.clamp(high, first, end) - first);
      return same(low, 0, from, point)
          .add(counting(first, from, to, point))
          .add(same(high, to, table.size(), point));
    }

    /** The extension of value in the rows [from, to), 0 elsewhere. */
    private static Ext same(long value, int from, int to, Ext[] point) {
      return Mle.prefixIndicator(to, point)
          .sub(Mle.prefixIndicator(from, point))
          .mulBase(M31.fromSigned(value));
    }

    /** The extension of first + k in the rows k of [from, to), 0 elsewhere. */
    private static Ext counting(long first, int from, int to, Ext[] point) {
      return same(first, from, to, point)
          .add(Mle.prefixIndex(to, point))
          .sub(Mle.prefixIndex(from, point));
    }
  }
}
