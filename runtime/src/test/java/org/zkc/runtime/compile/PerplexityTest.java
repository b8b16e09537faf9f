package org.zkc.runtime.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.zkc.gkr.file.Generation;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.runtime.artifact.Evaluation;

/** Perplexities of logits whose shares are known. */
class PerplexityTest {
  private static EvaluationSet tokens(long... tokens) {
    return new EvaluationSet(
        "one sample",
        List.of(List.of(TensorData.ofLongs(DType.I64, Shape.of(1, tokens.length), tokens))));
  }

  @Test
  void equalSharesHesitateBetweenAll() {
    Perplexity perplexity = new Perplexity(tokens(0, 3, 1), new Generation(0, 0), 0.5);
    perplexity.accept(
        List.of(TensorData.ofFloats(Shape.of(1, 3, 4), new float[12])), List.of(new int[12]));
    Evaluation.Perplexity measured = perplexity.measured().orElseThrow();
    assertEquals(2, measured.tokens());
    assertEquals(4, measured.floats(), 1e-12);
    assertEquals(4, measured.integers(), 1e-12);
  }

  /** The token after each is looked up in its line; the last line predicts nothing. */
  @Test
  void aTokenOfShareOneHalfCountsTwo() {
    float ln3 = (float) Math.log(3);
    float[] logits = {0, 0, 0, ln3, ln3, 0, 0, 0, 9, 9, 9, 9};
    int[] integers = {0, 0, 0, 2, 2, 0, 0, 0, 9, 9, 9, 9};
    Perplexity perplexity = new Perplexity(tokens(2, 3, 0), new Generation(0, 0), 0.5 * ln3);
    perplexity.accept(List.of(TensorData.ofFloats(Shape.of(1, 3, 4), logits)), List.of(integers));
    Evaluation.Perplexity measured = perplexity.measured().orElseThrow();
    assertEquals(2, measured.floats(), 1e-6);
    assertEquals(2, measured.integers(), 1e-6);
  }

  @Test
  void oneTokenSaysNothing() {
    Perplexity perplexity = new Perplexity(tokens(0), new Generation(0, 0), 1);
    perplexity.accept(
        List.of(TensorData.ofFloats(Shape.of(1, 1, 4), new float[4])), List.of(new int[4]));
    assertTrue(perplexity.measured().isEmpty());
  }
}
