package org.zkc.gkr.circuit;

import java.util.List;
import java.util.function.IntFunction;

/**
 * Defines one tensor from earlier ones. Tensors are named by their index in {@link
 * Circuit#tensors()}.
 */
public sealed interface Relation
    permits Affine,
        Conv,
        EuclideanNorm,
        FftConv,
        Gather,
        MatMul,
        Max,
        Normalize,
        Product,
        Reciprocal,
        Requantize,
        RoundedQuotient {
  /** The tensor it defines. */
  int result();

  /** The tensors it reads, as often as it names them. */
  List<Integer> sources();

  /** The role that its result must have. */
  TensorDeclaration.Role role();

  /**
   * The meaning on integers, one element at a time and without tricks: the reference for every
   * executor.
   *
   * @param elements of the tensors so far, row-major, by index; nobody changes them
   * @return the elements of the result, row-major
   */
  int[] evaluate(Circuit circuit, IntFunction<int[]> elements);

  /** The relation's name in print. */
  String mnemonic();

  /** The attributes that print shows beside the sources; empty where there are none. */
  default String details() {
    return "";
  }

  /**
   * The relation's name in the transcript's labels and in refusals. The name is part of the
   * protocol: another one changes every proof.
   */
  String label();
}
