package org.zkc.gkr.circuit;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each condition on exponentials and their tables, refused and accepted at its limit. */
class ExponentialsCheckTest {
  private static final List<Integer> SHAPE = List.of(2, 3);

  private static void refused(String part, Circuit circuit) {
    InvalidCircuit e = assertThrows(InvalidCircuit.class, () -> CircuitCheck.check(circuit), part);
    assertTrue(e.getMessage().contains(part), e.getMessage());
  }

  private static Circuit of(
      List<TensorDeclaration> tensors, List<Table> tables, Relation... relations) {
    return new Circuit(
        tensors, tables, List.of(relations), List.of(0), List.of(tensors.size() - 1));
  }

  private static TensorDeclaration input(long low, long high) {
    return TensorDeclaration.input(SHAPE, low, high);
  }

  private static TensorDeclaration witness(long low, long high) {
    return TensorDeclaration.witness(SHAPE, low, high);
  }

  private static TensorDeclaration virtual(long low, long high) {
    return TensorDeclaration.virtual(SHAPE, low, high);
  }

  private static Circuit exponentials(long low, long high, int shift, Table table) {
    return of(
        List.of(input(low, high), witness(-1000, 1000)),
        List.of(table),
        new Exponentials(1, 0, 0, shift, shift == 0 ? List.of() : List.of(shift), 0));
  }

  @Test
  void windowOfExponentials() {
    // Differences up to 2000, in steps of 16: rows 0 to 125.
    CircuitCheck.check(exponentials(-1000, 1000, 4, new Table.Clamp(0, 126, -50, 50)));
    refused("the table covers", exponentials(-1000, 1000, 4, new Table.Clamp(0, 125, -50, 50)));
    refused("must start at 0", exponentials(-1000, 1000, 4, new Table.Clamp(-1, 127, -50, 50)));
    // 2^16 steps of 2^15 rows are one more than p.
    refused("window condition", exponentials(-1000, 1000, 16, new Table.Clamp(0, 1 << 15, 0, 9)));
    // The distance of the least element from a greatest one that is too small.
    Table last = new Table.Clamp(0, (1 << 15) - 1, 0, 9);
    CircuitCheck.check(exponentials(0, (1 << 16) - 1, 16, last));
    refused("window condition", exponentials(0, 1 << 16, 16, last));
    refused(
        "the limbs have",
        of(
            List.of(input(-100, 100), witness(-1000, 1000)),
            List.of(new Table.Clamp(0, 128, -50, 50)),
            new Exponentials(1, 0, 0, 4, List.of(3), 0)));
    refused(
        "no such table",
        of(
            List.of(input(-100, 100), witness(-1000, 1000)),
            List.of(new Table.Clamp(0, 128, -50, 50)),
            new Exponentials(1, 0, 0, 4, List.of(4), 1)));
  }

  @Test
  void axesOfExponentials() {
    Table table = new Table.Entries(0, 0, new int[] {7, 3}, 201);
    for (int axis : new int[] {-1, 2}) {
      refused(
          "no axis " + axis,
          of(
              List.of(input(-100, 100), witness(0, 9)),
              List.of(table),
              new Exponentials(1, 0, axis, 0, List.of(), 0)));
    }
    refused(
        "an axis of one element",
        of(
            List.of(
                TensorDeclaration.input(List.of(1, 3), -100, 100),
                TensorDeclaration.witness(List.of(1, 3), 0, 9)),
            List.of(table),
            new Exponentials(1, 0, 0, 0, List.of(), 0)));
  }

  @Test
  void degreeOfExponentials() {
    List<TensorDeclaration> t = new ArrayList<>(List.of(input(0, 1)));
    List<Relation> r = new ArrayList<>();
    Table table = new Table.Clamp(0, 2, 0, 1);
    for (int k = 1; k <= 4; k++) {
      t.add(virtual(0, 1));
      r.add(new Product(k, k - 1, k - 1));
    }
    t.add(witness(0, 1));
    r.add(new Exponentials(5, 3, 0, 0, List.of(), 0));
    t.add(witness(0, 1));
    r.add(new Requantize(6, 4, 0, List.of(), 0));
    CircuitCheck.check(of(t, List.of(table), r.toArray(Relation[]::new)));
    r.set(4, new Exponentials(5, 4, 0, 0, List.of(), 0));
    refused("multiplicative degree 32", of(t, List.of(table), r.toArray(Relation[]::new)));
  }

  @Test
  void entriesOfATableThatGoesOn() {
    CircuitCheck.check(exponentials(0, 9, 0, new Table.Entries(0, 0, new int[] {5, 4}, 10)));
    refused("3 entries", exponentials(0, 9, 0, new Table.Entries(0, 0, new int[3], 2)));
    refused("0 entries", exponentials(0, 9, 0, new Table.Entries(0, 0, new int[0], 10)));
    CircuitCheck.check(exponentials(0, 9, 0, new Table.Entries(0, 8, new int[] {5, 4}, 10)));
    refused("from row 9", exponentials(0, 9, 0, new Table.Entries(0, 9, new int[] {5, 4}, 10)));
    refused("from row -1", exponentials(0, 9, 0, new Table.Entries(0, -1, new int[] {5, 4}, 10)));
    refused(
        "from row 2147483647",
        exponentials(0, 9, 0, new Table.Entries(0, Integer.MAX_VALUE, new int[] {5, 4}, 10)));
    refused("size out of range", exponentials(0, 9, 0, new Table.Entries(0, 0, new int[3], -1)));
  }
}
