package org.zkc.gkr.file;

import java.util.Collections;
import java.util.List;
import org.zkc.gkr.circuit.TensorDeclaration;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.statement.Statement;
import org.zkc.gkr.wire.GenerationMessage;

/**
 * The part of a causal language model's key that says which output is about the next token of which
 * input: after the token at position t, position t of the output says which one comes at position t
 * + 1. The output has an index for each position, or a line of logits. The largest logit names the
 * token, and among equal ones the lowest index (docs/protocol.md section 1.1).
 *
 * @param input the place of the tokens among the key's inputs
 * @param output the place of the indices or logits among the key's outputs
 */
public record Generation(int input, int output) {
  GenerationMessage encode() {
    return GenerationMessage.newBuilder().setInput(input).setOutput(output).build();
  }

  static Generation decode(GenerationMessage message) {
    return new Generation(message.getInput(), message.getOutput());
  }

  /**
   * Checks that the key's ports are tokens and what follows them.
   *
   * @throws VerificationFailure when they are not
   */
  void requireFit(KeyFile key) {
    String where = "key file, generation";
    if (input < 0 || output < 0 || input >= key.inputs().size() || output >= key.outputs().size()) {
      throw new VerificationFailure(where, "ports that there are", input + " and " + output);
    }
    List<Integer> tokens = tokens(key).shape();
    List<Integer> next = next(key).shape();
    Port port = key.outputs().get(output);
    boolean isSequence =
        isIndex(key.inputs().get(input).elementType())
            && tokens.stream().filter(extent -> extent > 1).count() == 1;
    boolean areIndices = isIndex(port.elementType()) && next.equals(tokens);
    boolean areLogits =
        port.elementType() == ElementType.F32
            && port.units().isEmpty()
            && next.size() == tokens.size() + 1
            && next.subList(0, tokens.size()).equals(tokens);
    if (!isSequence || !areIndices && !areLogits) {
      throw new VerificationFailure(
          where,
          "indices for %s tokens, or a line of logits for each".formatted(tokens),
          port.elementType() + " " + next);
    }
  }

  private static boolean isIndex(ElementType type) {
    return switch (type) {
      case I64, I32, I16, I8, U8 -> true;
      case F32, I1 -> false;
    };
  }

  /** The tensor of the tokens, of which one axis at most is longer than 1. */
  public TensorDeclaration tokens(KeyFile key) {
    return key.circuit().tensor(key.circuit().circuit().inputs().get(input));
  }

  private TensorDeclaration next(KeyFile key) {
    return key.circuit().tensor(key.circuit().circuit().outputs().get(output));
  }

  /** The most tokens of a sequence. */
  public int length(KeyFile key) {
    return Collections.max(tokens(key).shape());
  }

  /** The token behind a sequence that is shorter than the most: the least there is. */
  public int padding(KeyFile key) {
    return (int) tokens(key).low();
  }

  /** The tokens of a statement and their padding. */
  public int[] sequence(Statement statement) {
    return statement.inputs().get(input);
  }

  /**
   * The token that the model picks after the one at a position.
   *
   * @param position from 0, below {@link #length}
   */
  public int picked(KeyFile key, Statement statement, int position) {
    int[] outputs = statement.outputs().get(this.output);
    if (isIndex(key.outputs().get(this.output).elementType())) {
      return outputs[position];
    }
    int vocabulary = outputs.length / length(key);
    int first = position * vocabulary;
    int best = 0;
    for (int token = 1; token < vocabulary; token++) {
      best = outputs[first + token] > outputs[first + best] ? token : best;
    }
    return best;
  }
}
