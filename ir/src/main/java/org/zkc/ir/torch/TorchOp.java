package org.zkc.ir.torch;

import org.zkc.ir.Op;

/** Operations of the torch level: what the archive says, functions and control flow included. */
public sealed interface TorchOp extends Op
    permits Operator,
        Constant,
        TensorConstant,
        ListConstruct,
        TupleConstruct,
        TupleUnpack,
        Call,
        If,
        While,
        For,
        Raise {}
