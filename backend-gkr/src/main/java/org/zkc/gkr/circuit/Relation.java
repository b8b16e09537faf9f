package org.zkc.gkr.circuit;

import java.util.List;
import java.util.function.IntFunction;

/**
 * A relation defines one tensor from earlier ones. Tensors are named by their index in {@link
 * Circuit#tensors()}.
 */
public sealed interface Relation
    permits Affine,
        Conv,
        EuclideanNorm,
        Exponentials,
        FftConv,
        Gather,
        MatMul,
        Max,
        Normalize,
        Product,
        Reciprocal,
        Requantize,
        RoundedQuotient {
  /** The tensor that the relation defines. */
  int result();

  /** The tensors that the relation reads, as often as it names them. */
  List<Integer> sources();

  /** The role that the result must have. */
  TensorDeclaration.Role role();

  /**
   * The meaning on integers, one element at a time and without tricks: the reference for every
   * executor.
   *
   * @param elements the elements of the tensors so far, row-major, by index; they are only read
   * @return the elements of the result, row-major
   */
  int[] evaluate(Circuit circuit, IntFunction<int[]> elements);

  /**
   * Requires the conditions on which the relation's uniqueness rests, and counts the verifier's
   * work for it (see {@link CircuitCheck}).
   *
   * @param d the declaration of the result
   * @param state the knowledge of the tensors so far; the result's multiplicative degree is added
   *     to it
   * @return the integers that the result ranges over; bounds that overflow 64 bits may end in an
   *     ArithmeticException
   * @throws InvalidCircuit naming the condition that does not hold
   */
  Interval interval(TensorDeclaration d, CheckState state);

  /**
   * A bound on the 2-norm of every line of the result along its last axis, from what the circuit
   * enforces.
   *
   * @param state the knowledge after {@link #interval}
   */
  default long lineNorm(CheckState state) {
    return LineNorms.UNKNOWN;
  }

  /**
   * Adds relations to the circuit of several samples that say the same of each sample, where a
   * source depends on the inputs.
   *
   * @throws InvalidCircuit when the relation has no batched form of such sources
   */
  void addTo(BatchedCircuit batch);

  /** The relation's name in print. */
  String mnemonic();

  /** The attributes that print shows beside the sources; empty where there are none. */
  default String details() {
    return "";
  }

  /**
   * The relation's name in the transcript's labels and in refusals. The name is part of the
   * protocol: another name changes every proof.
   */
  String label();
}
