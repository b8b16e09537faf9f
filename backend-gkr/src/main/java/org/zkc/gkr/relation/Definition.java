package org.zkc.gkr.relation;

import java.util.List;
import org.zkc.gkr.circuit.ViewStep;

/** Defines a tensor by the values of others: what the backward sweep walks over. */
public sealed interface Definition {
  /** The tensor it defines. */
  int result();

  /** For messages: the relation and its place in the circuit. */
  String name();

  /** result = sum of the terms and of the constants, over F. */
  record LinearSum(String name, int result, List<Term> terms, List<Constant> constants)
      implements Definition {
    public LinearSum {
      terms = List.copyOf(terms);
      constants = List.copyOf(constants);
    }
  }

  /** coefficient, a residue that is not 0, times the source through the steps. */
  record Term(int source, int coefficient, List<ViewStep> steps) {
    public Term {
      steps = List.copyOf(steps);
    }
  }

  /** The residue {@code value} on a box of real indices. */
  record Constant(int value, List<Integer> starts, List<Integer> limits) {
    public Constant {
      starts = List.copyOf(starts);
      limits = List.copyOf(limits);
    }

    /** On all real indices. */
    static Constant everywhere(int value, List<Integer> shape) {
      return new Constant(value, shape.stream().map(e -> 0).toList(), shape);
    }
  }

  /** A convolution, as the circuit states it. */
  record Convolution(String name, org.zkc.gkr.circuit.Conv conv) implements Definition {
    @Override
    public int result() {
      return conv.result();
    }
  }

  /** A convolution in FFT form, as the circuit states it. */
  record FourierConvolution(String name, org.zkc.gkr.circuit.FftConv fft) implements Definition {
    @Override
    public int result() {
      return fft.result();
    }
  }

  /** A matrix product, as the circuit states it. */
  record MatrixProduct(String name, org.zkc.gkr.circuit.MatMul matMul) implements Definition {
    @Override
    public int result() {
      return matMul.result();
    }
  }

  /** result = left right, elementwise. */
  record Hadamard(String name, int result, int left, int right) implements Definition {}
}
