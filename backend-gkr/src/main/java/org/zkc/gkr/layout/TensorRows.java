package org.zkc.gkr.layout;

/** The places of one commitment's tensors in a matrix. */
public sealed interface TensorRows extends RowLayout permits WitnessLayout, ModelLayout {}
