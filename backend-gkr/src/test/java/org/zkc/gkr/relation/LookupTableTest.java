package org.zkc.gkr.relation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.zkc.gkr.circuit.Table;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.RandomElements;
import org.zkc.gkr.mle.Mle;

class LookupTableTest {
  /** What a verifier takes for a column's extension is that of the rows as a prover has them. */
  @Test
  void extensionsAreThoseOfTheRows() {
    RandomElements random = new RandomElements(5);
    List<LookupTable> tables = new ArrayList<>();
    for (int size : new int[] {1, 2, 3, 8, 11, 16, 100}) {
      tables.add(new LookupTable.Range(size));
      for (long first : new long[] {-200, -7, 0, 5}) {
        for (long[] bounds :
            new long[][] {
              {0, 255},
              {-5, 3},
              {-300, 300},
              {-300, -250},
              {250, 300},
              {4, 4},
              {4, 3},
              {Long.MIN_VALUE, 6},
              {-6, Long.MAX_VALUE}
            }) {
          tables.add(function(new Table.Clamp(first, size, bounds[0], bounds[1])));
          tables.add(function(new Table.Excess(first, size, bounds[0], bounds[1])));
        }
        tables.add(function(new Table.Entries(first, 0, new int[] {9}, size)));
        tables.add(function(new Table.Entries(first, 0, random.residues(size), size)));
        int[] few = random.residues((size + 1) / 2);
        few[few.length - 1] = -3;
        tables.add(function(new Table.Entries(first, 0, few, size)));
        for (int start : new int[] {1, size / 3, size - few.length}) {
          if (start + few.length <= size) {
            tables.add(function(new Table.Entries(first, start, few, size)));
          }
        }
      }
    }
    for (LookupTable table : tables) {
      for (int more : new int[] {0, 2}) {
        Ext[] point = random.elements(Mle.variables(table.size()) + more);
        for (int column = 0; column < table.width(); column++) {
          assertEquals(
              Mle.evaluate(table.column(column), point),
              table.extension(column, point),
              random.seed() + ": " + table + ", column " + column);
        }
      }
    }
  }

  private static LookupTable function(Table table) {
    return new LookupTable.Function(0, table);
  }
}
