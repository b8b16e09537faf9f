package org.zkc.gkr.prove;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.gkr.circuit.CircuitBuilder;
import org.zkc.gkr.circuit.Table;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.layout.LeafLayout;
import org.zkc.gkr.layout.LeafOrder;
import org.zkc.gkr.protocol.ProtocolConstants;
import org.zkc.gkr.relation.ConstraintSystem;
import org.zkc.gkr.relation.LookupTable;

/**
 * Lookups whose fractions do add up to zero, by tricks that only the leaves' or the root's check
 * can see. The wrong element is counted where the forged fraction points, so the tree is
 * consistent.
 */
class LookupAttackTest {
  @TempDir Path directory;

  private static int[] plus(int[] elements, int at, int delta) {
    int[] out = elements.clone();
    out[at] += delta;
    return out;
  }

  private static LeafLayout.Block block(WeakProof weak, int tensor) {
    return weak.key.verifierKey().arithmetization().leaves().lookups().blocks().stream()
        .filter(b -> b.tuple().contains(tensor))
        .findFirst()
        .orElseThrow();
  }

  private static LeafLayout.Block tableBlock(WeakProof weak, int table) {
    return weak.key.verifierKey().arithmetization().leaves().tables().blocks().stream()
        .filter(b -> b.table() == table)
        .findFirst()
        .orElseThrow();
  }

  private static int[] counted(WeakProof weak, int[][] elements, int table) {
    ForgedValues values = new ForgedValues(weak, elements);
    values.countLookups(null);
    return values.signed(weak.key.verifierKey().arithmetization().system().multiplicities(table));
  }

  private static String rejection(WeakProof weak, int[][] elements, TensorValues values) {
    String why = weak.rejection(elements, values);
    assertNotNull(why, "accepted");
    return why;
  }

  /**
   * Element {@code at} of {@code tensor}, no row of its table, takes the fraction of a row of
   * another table, counted there.
   */
  private static String counting(
      WeakProof weak, int[][] elements, int tensor, int at, int otherTable, int otherRow) {
    ConstraintSystem system = weak.key.verifierKey().arithmetization().system();
    LeafLayout.Block own = block(weak, tensor);
    int[] mine = counted(weak, elements, own.table());
    int[] other = counted(weak, elements, otherTable);
    ForgedValues values = new ForgedValues(weak, elements);
    values.countLookups(null);
    // The honest count of the first entry's row goes, the other table's row gains one.
    int first =
        M31.sub(values.real(own.tuple().get(0))[at], system.tables().get(own.table()).column(0)[0]);
    if (first < mine.length) {
      mine[first]--;
    }
    other[otherRow]++;
    values
        .forge(system.multiplicities(own.table()), mine)
        .forge(system.multiplicities(otherTable), other);
    int row = tableBlock(weak, otherTable).offset() + otherRow;
    values.copyDenominator(ForgedValues.ofTables(row), own.offset() + at);
    return rejection(weak, elements, values);
  }

  @Test
  void aRowOfATableUnderAnotherTag() throws Exception {
    // Two tables of the same domain: one clamps at 0, the other lets negative values through.
    CircuitBuilder b = new CircuitBuilder(3);
    int x = b.input(-100, 100, 1, 8);
    int y = b.input(-100, 100, 1, 8);
    int relu = b.requantize(x, 0, 0, 0, 100);
    int identity = b.requantize(y, 0, 0, -100, 100);
    int sum =
        b.affine(
            List.of(1, 8), List.of(CircuitBuilder.term(relu, 1), CircuitBuilder.term(identity, 1)));
    b.output(b.requantize(sum, 2, 1, -50, 50));
    try (WeakProof weak = new WeakProof(b, directory)) {
      int at = 0;
      while (weak.honest[x][at] >= 0) {
        at++;
      }
      int negative = weak.honest[x][at];
      int[][] elements = weak.withTensor(relu, plus(weak.honest[relu], at, negative));
      assertEquals(negative, elements[relu][at]);
      int foreign = block(weak, identity).table();
      String why = counting(weak, elements, relu, at, foreign, negative + 100);
      assertTrue(why.contains("lookup leaves, denominator"), why);
      // Counted there without forging the fraction: the sum is not zero.
      int[] more = counted(weak, elements, foreign);
      more[negative + 100]++;
      int m = weak.key.verifierKey().arithmetization().system().multiplicities(foreign);
      why = rejection(weak, elements, new ForgedValues(weak, elements).forge(m, more));
      assertTrue(why.startsWith("lookup tables layer 0"), why);
    }
  }

  @Test
  void aPairForASingle() throws Exception {
    // The function table holds the pair (8, 0); the range table of a limb of 3 bits ends at 7. As a
    // single (8) it would be (8, 0).
    CircuitBuilder b = new CircuitBuilder(4);
    int x = b.input(-100, 100, 1, 8);
    b.given().get(x)[0] = 12;
    int[] entries = new int[200];
    for (int k = 0; k < entries.length; k++) {
      entries[k] = k == 100 + 8 ? 0 : k - 100;
    }
    int out = b.requantize(x, 3, 1, b.table(new Table.Entries(-100, entries)));
    b.output(b.requantize(out, 1, 1, -50, 50));
    try (WeakProof weak = new WeakProof(b, directory)) {
      ConstraintSystem system = weak.key.verifierKey().arithmetization().system();
      int limb = -1;
      for (int t = 0; t < system.tensors().size(); t++) {
        limb = limb < 0 && system.tensor(t).name().contains("remainder limb 0") ? t : limb;
      }
      LeafLayout.Block own = block(weak, limb);
      assertEquals(1, system.tables().get(own.table()).width());
      int pairs = 0;
      while (!(system.tables().get(pairs) instanceof LookupTable.Function f && f.size() == 200)) {
        pairs++;
      }
      // The first element, 12 + 4 = 2 * 8 + 0, takes the remainder 8 and the quotient 1.
      ForgedValues honest = new ForgedValues(weak, weak.honest);
      int[][] elements = weak.withTensor(out, plus(weak.honest[out], 0, -1));
      ForgedValues values =
          new ForgedValues(weak, elements).forge(limb, plus(honest.signed(limb), 0, 8));
      // Counts the quotient 1, and not the remainder 8, which is in no row of its own table.
      values.countLookups(null);
      int[] other = values.signed(system.multiplicities(pairs));
      other[100 + 8]++;
      values
          .forge(system.multiplicities(pairs), other)
          .copyDenominator(
              ForgedValues.ofTables(tableBlock(weak, pairs).offset() + 108), own.offset());
      String why = rejection(weak, elements, values);
      assertTrue(why.contains("lookup leaves, denominator"), why);
    }
  }

  @Test
  void multiplicitiesThatOweOrBorrow() throws Exception {
    CircuitBuilder b = new CircuitBuilder(5);
    int x = b.input(-100, 100, 3, 5);
    int a = b.requantize(x, 0, 0, 0, 60);
    b.output(b.requantize(a, 2, 1, 0, 60));
    try (WeakProof weak = new WeakProof(b, directory)) {
      ConstraintSystem system = weak.key.verifierKey().arithmetization().system();
      int[][] elements =
          weak.withTensor(a, plus(weak.honest[a], 2, weak.honest[a][2] > 30 ? -1 : 1));
      int table = block(weak, a).table();
      int[] counts = counted(weak, elements, table);
      for (int row : new int[] {0, 1, counts.length - 1}) {
        // 1 more, 1 less (p - 1 where it was 0), and half of one.
        for (int delta : new int[] {1, -1, M31.inv(2)}) {
          ForgedValues values =
              new ForgedValues(weak, elements)
                  .forge(system.multiplicities(table), plus(counts, row, delta));
          String why = rejection(weak, elements, values);
          assertTrue(why.startsWith("lookup tables layer 0"), why);
        }
      }
    }
  }

  @Test
  void vanishingDenominators() throws Exception {
    CircuitBuilder b = new CircuitBuilder(6);
    int x = b.input(-100, 100, 3, 5);
    int a = b.requantize(x, 2, 1, 0, 20);
    b.output(b.requantize(a, 1, 1, 0, 10));
    try (WeakProof weak = new WeakProof(b, directory)) {
      int[][] elements =
          weak.withTensor(a, plus(weak.honest[a], 2, weak.honest[a][2] > 10 ? -1 : 1));
      LeafLayout.Block block = block(weak, a);
      int table = ForgedValues.ofTables(tableBlock(weak, block.table()).offset());
      // 0 / 0 at both roots: numerators 0 for whatever was looked up. Then one zero in each.
      for (int[] zeros :
          new int[][] {
            {0, 1, table, table - 1}, {block.offset()}, {block.offset() + 300}, {table}
          }) {
        String why =
            rejection(weak, elements, new ForgedValues(weak, elements).zeroDenominators(zeros));
        assertTrue(why.startsWith("lookup root: expected denominators that are not 0"), why);
      }
    }
  }

  /** A wrong element whose own fraction, or that of another, is counted with another weight. */
  @Test
  void numeratorsThatAreNotOne() throws Exception {
    CircuitBuilder b = new CircuitBuilder(7);
    int x = b.input(-100, 100, 3, 5);
    int a = b.requantize(x, 0, 0, -100, 100);
    b.output(b.requantize(a, 1, 1, -50, 50));
    try (WeakProof weak = new WeakProof(b, directory)) {
      LeafLayout.Block block = block(weak, a);
      ConstraintSystem system = weak.key.verifierKey().arithmetization().system();
      int m = system.multiplicities(block.table());
      int[] counts = counted(weak, weak.honest, block.table());
      for (int factor : new int[] {0, 2, -1}) {
        // The lookup of element 4 counts so often; so does the row.
        int row =
            M31.sub(
                M31.fromSigned(weak.honest[a][4]), system.tables().get(block.table()).column(0)[0]);
        ForgedValues values =
            new ForgedValues(weak, weak.honest)
                .forge(m, plus(counts, row, factor - 1))
                .multiplyNumerator(block.offset() + 4, Ext.ofSigned(factor));
        String why = rejection(weak, weak.honest, values);
        assertTrue(why.contains("lookup leaves, numerator"), why);
        // The same in the padding: the zero tuple is counted in its table.
        int zero = M31.neg(system.tables().get(block.table()).column(0)[0]);
        values =
            new ForgedValues(weak, weak.honest)
                .forge(m, plus(counts, zero, factor - 1))
                .multiplyNumerator(block.offset() + block.live() - 1, Ext.ofSigned(factor));
        why = rejection(weak, weak.honest, values);
        assertTrue(why.contains("lookup leaves, numerator"), why);
      }
    }
  }

  /** The padding's lookups are known: what is not one of them must not be taken for one. */
  @Test
  void anElementHiddenInThePadding() throws Exception {
    CircuitBuilder b = new CircuitBuilder(8);
    int x = b.input(-100, 100, 3, 5);
    int a = b.requantize(x, 0, 0, -100, 100);
    b.output(b.requantize(a, 1, 1, -50, 50));
    try (WeakProof weak = new WeakProof(b, directory)) {
      LeafLayout.Block block = block(weak, a);
      int[][] elements =
          weak.withTensor(a, plus(weak.honest[a], 4, weak.honest[a][4] > 0 ? -1 : 1));
      ConstraintSystem system = weak.key.verifierKey().arithmetization().system();
      int m = system.multiplicities(block.table());
      ForgedValues counted = new ForgedValues(weak, elements);
      counted.countLookups(null);
      // The wrong element takes the fraction of a padded one, and is counted as one more zero.
      int first = system.tables().get(block.table()).column(0)[0];
      int[] counts = counted.signed(m);
      int row = M31.sub(counted.real(block.tuple().get(0))[4], first);
      counts[row]--;
      ForgedValues values =
          new ForgedValues(weak, elements)
              .copyDenominator(block.offset() + block.live() - 1, block.offset() + 4)
              .forge(m, plus(counts, M31.neg(first), 1));
      String why = rejection(weak, elements, values);
      assertTrue(why.contains("lookup leaves, denominator"), why);
    }
  }

  /** Two blocks of one shape exchange their fractions: each tuple is in the other's table only. */
  @Test
  void exchangedBlocks() throws Exception {
    CircuitBuilder b = new CircuitBuilder(9);
    int x = b.input(-100, 100, 1, 8);
    int y = b.input(-100, 100, 1, 8);
    int relu = b.requantize(x, 0, 0, 0, 100);
    int identity = b.requantize(y, 0, 0, -100, 100);
    int sum =
        b.affine(
            List.of(1, 8), List.of(CircuitBuilder.term(relu, 1), CircuitBuilder.term(identity, 1)));
    b.output(b.requantize(sum, 2, 1, -50, 50));
    try (WeakProof weak = new WeakProof(b, directory)) {
      LeafLayout.Block one = block(weak, relu);
      LeafLayout.Block other = block(weak, identity);
      assertTrue(one.table() != other.table());
      ForgedValues values =
          new ForgedValues(weak, weak.honest).exchange(one.offset(), other.offset(), one.live());
      String why = rejection(weak, weak.honest, values);
      assertTrue(why.contains("lookup leaves, denominator"), why);
    }
  }

  /**
   * In a block of several boxes, a wrong element takes the fraction of a padded one in a live box;
   * then two elements exchange theirs, with which the sum is right.
   */
  @Test
  void elementsInOtherPlacesOfTheirOrder() throws Exception {
    CircuitBuilder b = new CircuitBuilder(12);
    int x = b.input(-100, 100, 20, 45);
    int a = b.requantize(x, 0, 0, -100, 100);
    b.output(b.requantize(a, 1, 1, -50, 50));
    try (WeakProof weak = new WeakProof(b, directory)) {
      LeafLayout.Block block = block(weak, a);
      assertTrue(block.live() > 2 * ProtocolConstants.LEAST_BLOCK);
      assertTrue(block.padding() > 0 && block.live() < 1 << block.variables());
      int[] leaves = leaves(block);
      int padded = 0;
      while (leaves[padded] != 0) {
        padded++;
      }
      int own = 0;
      while (leaves[own] != 700 + 1) {
        own++;
      }
      int other = own;
      while (leaves[other] <= 0 || weak.honest[a][leaves[other] - 1] == weak.honest[a][700]) {
        other = (other + 1) % leaves.length;
      }
      ForgedValues exchanged =
          new ForgedValues(weak, weak.honest)
              .exchange(block.offset() + own, block.offset() + other, 1);
      String why = rejection(weak, weak.honest, exchanged);
      assertTrue(why.contains("lookup leaves, denominator"), why);

      int[][] elements =
          weak.withTensor(a, plus(weak.honest[a], 700, weak.honest[a][700] > 0 ? -1 : 1));
      int table = block.table();
      int m = weak.key.verifierKey().arithmetization().system().multiplicities(table);
      int[] counts = counted(weak, weak.honest, table);
      counts[row(weak, table, weak.honest[a][700])]--;
      counts[row(weak, table, 0)]++;
      ForgedValues values =
          new ForgedValues(weak, elements)
              .copyDenominator(block.offset() + padded, block.offset() + own)
              .forge(m, counts);
      why = rejection(weak, elements, values);
      assertTrue(why.contains("lookup leaves, denominator"), why);
    }
  }

  /** The number of the element in each leaf of a block, from 1; 0 in live padding, else -1. */
  private static int[] leaves(LeafLayout.Block block) {
    LeafOrder order = Objects.requireNonNull(block.order());
    int[] numbers = new int[block.layout().elementCount()];
    Arrays.setAll(numbers, k -> k + 1);
    int[] out = new int[1 << block.variables()];
    Arrays.fill(out, -1);
    for (int place : order.places()) {
      order.copy(TensorValues.of(numbers), place, out, place * ProtocolConstants.LEAST_BLOCK);
    }
    return out;
  }

  /** A row that nobody looks up takes the fraction of a wrong element, and counts it. */
  @Test
  void aRowThatIsAnotherThanItsTables() throws Exception {
    CircuitBuilder b = new CircuitBuilder(10);
    int x = b.input(-100, 100, 3, 5);
    int a = b.requantize(x, 0, 0, 0, 60);
    b.output(b.requantize(a, 2, 1, 0, 60));
    try (WeakProof weak = new WeakProof(b, directory)) {
      ConstraintSystem system = weak.key.verifierKey().arithmetization().system();
      int[][] elements =
          weak.withTensor(a, plus(weak.honest[a], 2, weak.honest[a][2] > 30 ? -1 : 1));
      LeafLayout.Block own = block(weak, a);
      int[] counts = counted(weak, elements, own.table());
      counts[row(weak, own.table(), weak.honest[x][2])]--;
      int free = 0;
      while (counts[free] != 0) {
        free++;
      }
      counts[free]++;
      ForgedValues values =
          new ForgedValues(weak, elements)
              .forge(system.multiplicities(own.table()), counts)
              .copyDenominator(
                  own.offset() + 2,
                  ForgedValues.ofTables(tableBlock(weak, own.table()).offset() + free));
      String why = rejection(weak, elements, values);
      assertTrue(why.contains("lookup tables leaves, denominator"), why);
    }
  }

  /** The row of a table whose first entry is {@code first}. */
  private static int row(WeakProof weak, int table, int first) {
    ConstraintSystem system = weak.key.verifierKey().arithmetization().system();
    return M31.sub(M31.fromSigned(first), system.tables().get(table).column(0)[0]);
  }

  /** The entries and the tag have challenges of their own: no sum of them known before will do. */
  @Test
  void tuplesThatAgreeInAKnownSum() throws Exception {
    CircuitBuilder b = new CircuitBuilder(11);
    int x = b.input(-100, 90, 1, 8);
    int y = b.input(-100, 90, 1, 8);
    b.given().get(x)[3] = -50;
    b.given().get(x)[4] = 50;
    int relu = b.requantize(x, 0, 0, 0, 90);
    int identity = b.requantize(y, 0, 0, -100, 90);
    int sum =
        b.affine(
            List.of(1, 8), List.of(CircuitBuilder.term(relu, 1), CircuitBuilder.term(identity, 1)));
    b.output(b.requantize(sum, 2, 1, -50, 50));
    try (WeakProof weak = new WeakProof(b, directory)) {
      int own = block(weak, relu).table();
      int other = block(weak, identity).table();
      // (50, 52) has the sum of the row (51, 51).
      countedElsewhere(weak, relu, 4, 50, 52, own, 51);
      // (-50, h) in the table `own` has the sum of first entry and tag of (h, h) in `other`.
      int h = -50 + own - other;
      countedElsewhere(weak, relu, 3, -50, h, other, h);
    }
  }

  /** An element of another value, counted in a row where it does not belong. */
  private static void countedElsewhere(
      WeakProof weak, int tensor, int at, int first, int value, int table, int rowsFirst) {
    ConstraintSystem system = weak.key.verifierKey().arithmetization().system();
    int own = block(weak, tensor).table();
    int[][] elements =
        weak.withTensor(tensor, plus(weak.honest[tensor], at, value - weak.honest[tensor][at]));
    ForgedValues values = new ForgedValues(weak, elements);
    values.countLookups(null);
    int[] less = values.signed(system.multiplicities(own));
    less[row(weak, own, first)]--;
    values.forge(system.multiplicities(own), less);
    int[] more = values.signed(system.multiplicities(table));
    more[row(weak, table, rowsFirst)]++;
    values.forge(system.multiplicities(table), more);
    String why = rejection(weak, elements, values);
    assertTrue(why.startsWith("lookup tables layer 0"), why);
  }
}
