package org.zkc.ir.circuit;

/** Sums of products of elements of two columns, all of which one relation proves. */
public sealed interface SumOfProducts extends CircuitOp permits Conv, FftConv, MatMul {}
