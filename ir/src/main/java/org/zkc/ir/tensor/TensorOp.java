package org.zkc.ir.tensor;

import org.zkc.ir.Op;
import org.zkc.ir.Value;
import org.zkc.ir.view.Gather;
import org.zkc.ir.view.View;

/** Operations of the tensor level: canonical ops over tensors of static shape. */
public sealed interface TensorOp extends Op
    permits Constant,
        Conv,
        Linear,
        MatMul,
        BatchNorm,
        MaxPool,
        WindowMean,
        Add,
        Subtract,
        Multiply,
        Divide,
        Normalization,
        Attention,
        Cast,
        CompareZero,
        IntegerBinary,
        Gather,
        TopK,
        View,
        Elementwise {
  /** The value that the op defines. */
  Value result();
}
