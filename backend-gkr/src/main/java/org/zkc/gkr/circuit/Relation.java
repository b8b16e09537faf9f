package org.zkc.gkr.circuit;

import java.util.List;

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

  /** The relation's name in print. */
  String mnemonic();

  /**
   * The relation's name in the transcript's labels and in refusals. The name is part of the
   * protocol: another one changes every proof.
   */
  String label();
}
