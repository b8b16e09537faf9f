package org.zkc.ir.integer;

import org.zkc.ir.Op;

/**
 * Operations of the integer level. Their meaning, given here and by the interpreter, is what a
 * proof states.
 */
public sealed interface IntegerOp extends Op
    permits Parameter,
        Conv,
        Linear,
        Requantize,
        Table,
        RequantizeTable,
        Add,
        Subtract,
        Multiply,
        Scale,
        WindowSum,
        WindowMax,
        RoundedQuotient,
        Concatenate,
        Reshape,
        Transpose,
        Slice,
        Pad,
        Broadcast {}
