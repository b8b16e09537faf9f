package org.zkc.ir.tensor;

import org.zkc.ir.Op;

/** Operations of the tensor level: canonical ops over tensors of static shape. */
public sealed interface TensorOp extends Op
    permits Constant,
        Conv,
        Linear,
        BatchNorm,
        MaxPool,
        WindowMean,
        Add,
        Subtract,
        Multiply,
        Divide,
        Concatenate,
        Softmax,
        LogSoftmax,
        View,
        Elementwise {}
