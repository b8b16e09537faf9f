package org.zkc.stablehlo.check;

import org.zkc.ir.Location;
import org.zkc.stablehlo.program.HloAttribute;
import org.zkc.stablehlo.program.HloValue;

/**
 * One call of {@code check.expect_...}.
 *
 * @param found the value that is compared
 * @param expected what its elements must be
 * @param nearness how near they must come
 * @param location the call's line
 */
public record Expectation(
    HloValue found, HloAttribute.Dense expected, Nearness nearness, Location location) {

  /** The tolerance of a comparison with an expected value. */
  public enum Nearness {
    /** Equal; NaN is equal to NaN. */
    EQUAL,
    /** A few units in the last place off. */
    CLOSE,
    /** A thousandth off. */
    ALMOST
  }
}
