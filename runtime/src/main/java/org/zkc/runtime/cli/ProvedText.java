package org.zkc.runtime.cli;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.zkc.gkr.file.Continuation;
import org.zkc.gkr.file.Generation;
import org.zkc.gkr.file.KeyFile;
import org.zkc.gkr.statement.Statement;
import org.zkc.ir.TensorData;
import org.zkc.runtime.artifact.TokenArrays;
import org.zkc.runtime.numpy.ArrayExcerpt;

/**
 * The text that a proof is about: the tokens of a prompt, and those that the model picked after it.
 */
record ProvedText(KeyFile key, Generation generation, int[] prompt, int[] generated) {
  /** Every token is shown up to this many. */
  private static final int SHOWN = 64;

  /** The text of a claim that holds, or will. */
  static ProvedText of(KeyFile key, Statement statement, Continuation claim) {
    Generation generation = key.generation().orElseThrow();
    int[] sequence = generation.sequence(statement);
    return new ProvedText(key, generation, claim.prompt(sequence), claim.generated(sequence));
  }

  void print(PrintWriter out) {
    out.println("  prompt       " + line(prompt));
    out.println("  generated    " + line(generated));
    out.println("  rule         " + rule());
  }

  /** The rule by which the model picks, and the output that it goes by. */
  private String rule() {
    return "greedy by %s: the largest logit, of equal ones the lowest index"
        .formatted(key.outputs().get(generation.output()).name());
  }

  private String line(int[] tokens) {
    return "%d token%s: %s"
        .formatted(
            tokens.length,
            tokens.length == 1 ? "" : "s",
            ArrayExcerpt.of(TokenArrays.array(generation, key, tokens), SHOWN, 1));
  }

  Map<String, Object> json() {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("prompt", prompt);
    out.put("generated", generated);
    out.put("rule", rule());
    return out;
  }

  /**
   * Compares with the prompt that the user expects.
   *
   * @throws OtherStatement when it is another one
   */
  void requirePrompt(TensorData given) {
    require("prompt", prompt, TokenArrays.tokens(generation, key, given, "--input"), "--input");
  }

  /**
   * Compares with the tokens that the user expects.
   *
   * @throws OtherStatement when they are others
   */
  void requireGenerated(TensorData given) {
    require(
        "text",
        generated,
        TokenArrays.tokens(generation, key, given, "--generated"),
        "--generated");
  }

  private static void require(String what, int[] proved, int[] given, String flag) {
    int at = Arrays.mismatch(proved, given);
    if (proved.length != given.length) {
      throw new OtherStatement(
          "the proof is of another %s: of %d tokens, the array of %s has %d"
              .formatted(what, proved.length, flag, given.length));
    }
    if (at >= 0) {
      throw new OtherStatement(
          "the proof is of another %s: token %d is %d in the proof, %d in the array of %s"
              .formatted(what, at, proved[at], given[at], flag));
    }
  }
}
