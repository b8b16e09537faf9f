package org.zkc.passes.integer;

import org.zkc.ir.FieldBounds;
import org.zkc.ir.Interval;

/** The window condition of docs/protocol.md section 2, Requantize. */
public final class TableWindow {
  private static final long P = FieldBounds.ORDER;

  private TableWindow() {}

  /** Whether the table of a requantisation, which covers what the operand can reach, is sound. */
  static boolean isSound(Interval operand, int shift) {
    return isSound(operand, shift, operand.shiftRounded(shift));
  }

  /**
   * Whether a table on [window.low, window.high] with a remainder of {@code shift} bits is sound
   * for operands in {@code operand}: it covers them, and no residue modulo p has two readings.
   */
  public static boolean isSound(Interval operand, int shift, Interval window) {
    long half = shift == 0 ? 0 : 1L << (shift - 1);
    long least = operand.low() + half;
    long greatest = operand.high() + half;
    long first = window.low() << shift;
    long last = ((window.high() + 1) << shift) - 1;
    return first <= least && greatest <= last && last - least < P && greatest - first < P;
  }
}
