package org.zkc.ir.circuit;

/** Columns that are no sums of products: the prover commits to them, and lookups tie them down. */
public sealed interface CommittedOp extends CircuitOp
    permits Max,
        Requantize,
        RequantizeTable,
        Exponentials,
        RoundedQuotient,
        EuclideanNorm,
        Reciprocal,
        Normalize {}
