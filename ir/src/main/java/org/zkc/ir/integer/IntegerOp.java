package org.zkc.ir.integer;

import org.zkc.ir.Op;
import org.zkc.ir.Value;
import org.zkc.ir.view.Gather;
import org.zkc.ir.view.View;

/**
 * Operations of the integer level. Their meaning, given here and by the interpreter, is what a
 * proof states.
 */
public sealed interface IntegerOp extends Op
    permits Parameter,
        Conv,
        Linear,
        MatMul,
        Requantize,
        Table,
        RequantizeTable,
        Add,
        Subtract,
        Multiply,
        Scale,
        WindowSum,
        WindowMax,
        Exponentials,
        RoundedQuotient,
        Gather,
        EuclideanNorm,
        Normalize,
        View {
  /** The value that the op defines. */
  Value result();
}
