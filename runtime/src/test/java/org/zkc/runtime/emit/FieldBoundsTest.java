package org.zkc.runtime.emit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.zkc.gkr.circuit.CircuitLimits;
import org.zkc.gkr.circuit.Interval;
import org.zkc.gkr.field.M31;
import org.zkc.ir.FieldBounds;

/** The compiler keeps to the limits that the backend checks, and to no narrower ones. */
final class FieldBoundsTest {
  @Test
  void theyAreTheBackends() {
    assertEquals(M31.P, FieldBounds.ORDER);
    assertEquals(Interval.BOUND, FieldBounds.LIMIT);
    assertEquals(CircuitLimits.SHIFT, FieldBounds.MAX_SHIFT);
    assertEquals(CircuitLimits.TABLE_SIZE, FieldBounds.MAX_TABLE_ROWS);
    assertEquals(CircuitLimits.RANGE_BITS, FieldBounds.MAX_LIMB_BITS);
    assertEquals(CircuitLimits.QUOTIENT_BITS, FieldBounds.MAX_QUOTIENT_BITS);
  }
}
