package org.zkc.ir.circuit;

import org.zkc.ir.Op;
import org.zkc.ir.Value;
import org.zkc.ir.view.Gather;
import org.zkc.ir.view.View;

/** Operations of the circuit level: columns and the relations between them. */
public sealed interface CircuitOp extends Op
    permits Model,
        Contract,
        SumOfProducts,
        ForwardTransform,
        ModelSpectrum,
        SpectralProduct,
        SpectralSum,
        InverseTransform,
        Product,
        Sum,
        WindowSum,
        Unfold,
        Gather,
        CommittedOp,
        View {
  /** The value that the op defines. */
  Value result();
}
