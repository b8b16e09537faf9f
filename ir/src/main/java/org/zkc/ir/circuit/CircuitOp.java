package org.zkc.ir.circuit;

import org.zkc.ir.Op;

/** Operations of the circuit level: columns and the relations between them. */
public sealed interface CircuitOp extends Op
    permits Model,
        Contract,
        Conv,
        FftConv,
        ForwardTransform,
        ModelSpectrum,
        SpectralProduct,
        SpectralSum,
        SpectralReshape,
        InverseTransform,
        MatMul,
        Product,
        Sum,
        Concatenate,
        WindowSum,
        Unfold,
        Slice,
        Pad,
        Broadcast,
        Reshape,
        Transpose,
        Max,
        Requantize,
        RequantizeTable,
        RoundedQuotient {}
