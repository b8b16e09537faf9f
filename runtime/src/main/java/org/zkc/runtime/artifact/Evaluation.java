package org.zkc.runtime.artifact;

import java.util.List;
import java.util.Optional;

/**
 * The fidelity of each output's integers to the floating-point network.
 *
 * @param basis the inputs that {@code outputs} are about: {@code 3 of 20 calibration samples held
 *     back}
 * @param outputs one per output
 * @param variedBasis the same for {@code varied}; empty where there are none
 * @param varied on synthetic inputs of other mean and contrast
 * @param accuracy where the evaluation set has labels
 * @param perplexity of causal language models whose logits are an output
 */
public record Evaluation(
    String basis,
    List<Summary.Fidelity> outputs,
    String variedBasis,
    List<Summary.Fidelity> varied,
    Optional<Accuracy> accuracy,
    Optional<Perplexity> perplexity) {

  /**
   * Rows of the first output whose largest element is the label's.
   *
   * @param rows of the evaluation set
   * @param floats right ones of the floating-point network
   * @param integers right ones of the integer program
   */
  public record Accuracy(int rows, int floats, int integers) {}

  /**
   * Perplexity of the next token of the sequences themselves.
   *
   * @param tokens that were predicted
   * @param floats of the floating-point network
   * @param integers of the integer program
   */
  public record Perplexity(long tokens, double floats, double integers) {}

  public Evaluation {
    outputs = List.copyOf(outputs);
    varied = List.copyOf(varied);
  }
}
