package org.zkc.ir;

/** Type of a {@link Value}; each level of the IR has its own. */
public sealed interface Type permits TorchType, TensorType, IntegerType, ColumnType, SpectrumType {}
