package org.zkc.gkr.circuit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The conditions on rows of tables. */
class GatherCheckTest {
  private static void refused(String why, Circuit circuit) {
    InvalidCircuit e = assertThrows(InvalidCircuit.class, () -> CircuitCheck.check(circuit));
    assertTrue(String.valueOf(e.getMessage()).contains(why), e.getMessage());
  }

  private static Circuit ofInputs(List<TensorDeclaration> tensors, Gather gather) {
    return new Circuit(tensors, List.of(), List.of(gather), List.of(0, 1), List.of(2));
  }

  @Test
  void rowsOfATable() {
    List<TensorDeclaration> t =
        new ArrayList<>(
            List.of(
                TensorDeclaration.input(List.of(4, 3), -5, 7),
                TensorDeclaration.input(List.of(2), 0, 3),
                TensorDeclaration.virtual(List.of(2, 3), -5, 7)));
    Gather gather = new Gather(2, 0, 1);
    assertEquals(new Interval(-5, 7), CircuitCheck.check(ofInputs(t, gather)).interval(2));
    t.set(1, TensorDeclaration.input(List.of(2), 0, 4));
    refused("the indices range over [0, 4], the table has 4 rows", ofInputs(t, gather));
    t.set(1, TensorDeclaration.input(List.of(2), -1, 3));
    refused("the indices range over [-1, 3], the table has 4 rows", ofInputs(t, gather));
    t.set(1, TensorDeclaration.input(List.of(3), 0, 3));
    refused("the result's shape differs", ofInputs(t, gather));
    t.set(1, TensorDeclaration.input(List.of(2), 0, 3));
    t.set(2, TensorDeclaration.virtual(List.of(2, 3), -5, 6));
    refused("its result ranges over [-5, 7], declared is [-5, 6]", ofInputs(t, gather));
    t.set(2, TensorDeclaration.virtual(List.of(2), -5, 7));
    t.set(0, TensorDeclaration.input(List.of(), -5, 7));
    refused("the table needs an axis of rows", ofInputs(t, gather));
  }

  /** Indices that a prover chooses would let it choose the rows. */
  @Test
  void indicesOfRowsAreInputs() {
    List<TensorDeclaration> t =
        List.of(
            TensorDeclaration.input(List.of(4, 3), -5, 7),
            TensorDeclaration.input(List.of(2), 0, 3),
            TensorDeclaration.virtual(List.of(2), 0, 3),
            TensorDeclaration.virtual(List.of(2, 3), -5, 7));
    Affine copy = new Affine(2, List.of(CircuitBuilder.term(1, 1)), List.of());
    refused(
        "the indices must be an INPUT tensor",
        new Circuit(t, List.of(), List.of(copy, new Gather(3, 0, 2)), List.of(0, 1), List.of(3)));
  }
}
