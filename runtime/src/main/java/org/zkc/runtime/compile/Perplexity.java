package org.zkc.runtime.compile;

import java.util.List;
import java.util.Optional;
import org.zkc.gkr.file.Generation;
import org.zkc.ir.TensorData;
import org.zkc.passes.quantize.FidelityReport;
import org.zkc.runtime.artifact.Evaluation;

/**
 * The perplexity of a causal language model in both arithmetics: exp of the mean of -log p of the
 * token that follows in the sequence itself, p the softmax of the logits before it.
 */
final class Perplexity implements FidelityReport.OutputListener {
  private final EvaluationSet set;
  private final Generation generation;

  /** Real number for one unit of the integer logits. */
  private final double scale;

  private int sample;
  private boolean isForeign;
  private long tokens;
  private double floats;
  private double integers;

  /**
   * @param set whose samples are shown in order
   * @param scale of the integer logits
   */
  Perplexity(EvaluationSet set, Generation generation, double scale) {
    this.set = set;
    this.generation = generation;
    this.scale = scale;
  }

  @Override
  public void accept(List<TensorData> expected, List<int[]> found) {
    TensorData sequence = set.inputs().get(sample++).get(generation.input());
    float[] reals = expected.get(generation.output()).toFloats();
    int[] numbers = found.get(generation.output());
    int length = Math.toIntExact(sequence.elementCount());
    int vocabulary = reals.length / length;
    double[] line = new double[vocabulary];
    for (int t = 0; t + 1 < length; t++) {
      long token = sequence.getLong(t + 1);
      if (token < 0 || token >= vocabulary) {
        isForeign = true;
        return;
      }
      int next = (int) token;
      for (int v = 0; v < vocabulary; v++) {
        line[v] = reals[t * vocabulary + v];
      }
      floats += surprise(line, next);
      for (int v = 0; v < vocabulary; v++) {
        line[v] = numbers[t * vocabulary + v] * scale;
      }
      integers += surprise(line, next);
      tokens++;
    }
  }

  /** -log softmax of the logits at a token. */
  private static double surprise(double[] logits, int token) {
    double most = Double.NEGATIVE_INFINITY;
    for (double x : logits) {
      most = Math.max(most, x);
    }
    double sum = 0;
    for (double x : logits) {
      sum += StrictMath.exp(x - most);
    }
    return StrictMath.log(sum) + most - logits[token];
  }

  /**
   * The perplexities; empty where no token follows another, or one is none of the vocabulary: the
   * input is no text then.
   */
  Optional<Evaluation.Perplexity> measured() {
    return tokens == 0 || isForeign
        ? Optional.empty()
        : Optional.of(
            new Evaluation.Perplexity(
                tokens, StrictMath.exp(floats / tokens), StrictMath.exp(integers / tokens)));
  }
}
