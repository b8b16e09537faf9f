package org.zkc.gkr.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.zkc.gkr.circuit.CircuitBuilder;
import org.zkc.gkr.circuit.CircuitCheck;
import org.zkc.gkr.prove.SmallCircuits;
import org.zkc.gkr.relation.Holder;

/** The places of committed tensors: each has its own, at a multiple of its table's length. */
class WitnessLayoutTest {
  private static Arithmetization of(CircuitBuilder circuit) {
    return Arithmetization.of(CircuitCheck.check(circuit.circuit()));
  }

  @ParameterizedTest
  @EnumSource(SmallCircuits.class)
  void placesAreApartAndAligned(SmallCircuits kind) {
    Arithmetization a = of(kind.build(1));
    WitnessLayout layout = a.witness();
    BitSet taken = new BitSet();
    ArrayList<Integer> placed = new ArrayList<>();
    HashMap<Integer, Integer> cells = new HashMap<>();
    int row = 0;
    for (WitnessLayout.Table table : layout.tables()) {
      assertEquals(row, table.firstRow());
      row += table.rows();
      for (WitnessLayout.Column c : table.columns()) {
        if (!c.isRest()) {
          placed.add(c.tensor());
        }
        cells.merge(c.tensor(), c.length(), Integer::sum);
        int length = 1 << c.variables();
        assertEquals(0, c.start() % length);
        assertTrue(c.start() + length <= 1 << table.variables());
        if (length > layout.width()) {
          assertEquals(List.of(c), table.columns());
        }
        int from = table.firstRow() * layout.width() + c.start();
        int to = from + Math.min(length, table.rows() * layout.width());
        assertTrue(taken.get(from, to).isEmpty(), "a place of two tensors");
        taken.set(from, to);
      }
    }
    assertEquals(layout.rows(), row);
    assertEquals(a.system().heldBy(Holder.COMMITTED), placed.stream().sorted().toList());
    cells.forEach((tensor, count) ->
        assertEquals(
            CellOrder.of(a.system().tensor(tensor).shape()).layout().storedLength(), count));
  }

  @Test
  void rowsThatTensorsShareAreFullButTheLast() {
    CircuitBuilder b = new CircuitBuilder(3);
    // Limbs and results of 1, 2, ..., 40 elements, tables of 1 to 64.
    for (int n = 1; n <= 40; n++) {
      b.output(b.product(b.requantize(b.input(-100, 100, n), 3, 1, -20, 20), b.input(-3, 3, n)));
    }
    WitnessLayout layout = of(b).witness();
    List<WitnessLayout.Table> shared =
        layout.tables().stream().filter(t -> t.columns().size() > 1).toList();
    assertTrue(shared.size() > 1, shared.size() + " rows");
    int tables = layout.tables().size();
    assertEquals(shared, layout.tables().subList(tables - shared.size(), tables));
    for (WitnessLayout.Table t : shared.subList(0, shared.size() - 1)) {
      int elements = t.columns().stream().mapToInt(c -> 1 << c.variables()).sum();
      assertEquals(layout.width(), elements);
    }
    Stream<Integer> lengths =
        shared.stream().flatMap(t -> t.columns().stream()).map(c -> -c.variables());
    List<Integer> longestFirst = lengths.toList();
    assertEquals(longestFirst.stream().sorted().toList(), longestFirst);
  }
}
