package org.zkc.passes.circuit;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.zkc.ir.Interval;

class TableWindowTest {
  @Test
  void aTableMustCoverItsOperand() {
    Interval operand = new Interval(-1000, 1000);
    assertTrue(TableWindow.isSound(operand, 4, operand.shiftRounded(4)));
    assertFalse(TableWindow.isSound(operand, 4, new Interval(-61, 63)));
    assertFalse(TableWindow.isSound(operand, 4, new Interval(-62, 61)));
  }

  /**
   * The attack of docs/protocol.md section 2: a table of 2^16 entries with a remainder of 16 bits
   * names every residue twice.
   */
  @Test
  void aTableMustNotNameAResidueTwice() {
    Interval operand = new Interval(-(1 << 20), 1 << 20);
    assertFalse(TableWindow.isSound(operand, 16, new Interval(-(1 << 15), (1 << 15) - 1)));
    assertTrue(TableWindow.isSound(operand, 16, new Interval(-(1 << 13), (1 << 13) - 1)));
  }
}
