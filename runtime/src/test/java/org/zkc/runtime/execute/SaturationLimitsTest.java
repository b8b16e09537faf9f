package org.zkc.runtime.execute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.zkc.gkr.circuit.Table;

/** Clamps before functions: what they cut is lost only where a function that reads them moves. */
final class SaturationLimitsTest {
  private static final Table.Entries SIGMOID =
      table(h -> (int) Math.round(4095 / (1 + StrictMath.exp(-h / 4.0))));

  // Its upper end is cut off where it still moves.
  private static final Table.Entries RELU = table(h -> Math.max(0, h));

  private static Table.Entries table(IntUnaryOperator function) {
    return new Table.Entries(-37, IntStream.rangeClosed(-37, 37).map(function).toArray());
  }

  private static SaturationLimits.Range past(int reach, Table.Entries... functions) {
    return SaturationLimits.past(
        List.of(functions), new SaturationLimits.Range(-reach, reach, 1, 1));
  }

  private static void assertKept(int low, int high, SaturationLimits.Range range) {
    assertEquals(low, range.low());
    assertEquals(high, range.high());
  }

  @Test
  void aClampWhereTheFunctionIsFlatCutsNothing() {
    assertTrue(past(2048, SIGMOID).isOpen());
    assertTrue(past(37, SIGMOID).isOpen());
    assertTrue(past(20, SIGMOID).isOpen(), "a slope of a hundredth of the greatest");
  }

  @Test
  void aClampWhereTheFunctionMovesDoes() {
    assertKept(-4, 4, past(4, SIGMOID));
    assertKept(Integer.MIN_VALUE, 20, past(20, RELU));
  }

  @Test
  void theFunctionItselfTellsOfItsOwnEnds() {
    assertTrue(past(100, RELU).isOpen());
  }

  @Test
  void everyReaderCounts() {
    assertKept(Integer.MIN_VALUE, 20, past(20, SIGMOID, RELU));
    assertKept(-100, 100, past(100));
  }
}
