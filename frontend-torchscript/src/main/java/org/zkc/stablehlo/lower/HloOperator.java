package org.zkc.stablehlo.lower;

import java.util.List;

/** The lowering of an operation. */
@FunctionalInterface
interface HloOperator {
  /**
   * The results of the operation, in order.
   *
   * @throws org.zkc.ir.UserException where the operation cannot be proved, or is none of the
   *     specification
   */
  List<Held> lower(HloCall call);

  /** A lowering that has one result. */
  @FunctionalInterface
  interface OfOne {
    Held lower(HloCall call);
  }

  static HloOperator one(OfOne operator) {
    return call -> List.of(operator.lower(call));
  }
}
