package org.zkc.passes.integer;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.zkc.ir.FieldBounds;
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

  /** Sums of 4 squares of 14 bits reach 2^30 but for 65,535, which a shift of 18 needs twice. */
  @Test
  void roundedSumsStayBelowTheirLimit() {
    long most = FieldBounds.ROUNDED_LIMIT - 1;
    for (int shift = 0; shift <= 19; shift++) {
      assertTrue(TableWindow.isSound(new Interval(-most, most), shift), "shift " + shift);
    }
    long squares = 4L * 16383 * 16383;
    assertFalse(TableWindow.isSound(new Interval(-squares, squares), 18));
  }
}
