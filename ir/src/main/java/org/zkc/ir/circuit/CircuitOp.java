package org.zkc.ir.circuit;

import org.zkc.ir.Op;
import org.zkc.ir.Value;
import org.zkc.ir.view.Gather;
import org.zkc.ir.view.View;

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
        InverseTransform,
        MatMul,
        Product,
        Sum,
        WindowSum,
        Unfold,
        Max,
        Requantize,
        RequantizeTable,
        RoundedQuotient,
        Gather,
        EuclideanNorm,
        Reciprocal,
        Normalize,
        View {
  /** The value that the op defines. */
  Value result();
}
