package org.zkc.runtime.execute;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.zkc.gkr.file.Continuation;
import org.zkc.gkr.file.Generation;
import org.zkc.gkr.file.KeyFile;
import org.zkc.gkr.statement.Statement;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.runtime.artifact.ModelFile;
import org.zkc.runtime.artifact.TokenArrays;

/**
 * A causal language model ready to run: it takes prompts and returns the tokens that the model
 * picks after them.
 */
public final class LanguageModel {
  private final KeyFile key;
  private final Generation generation;
  private final Execution execution;

  /**
   * The language model of a file.
   *
   * @param execution of the same file
   * @throws UserException when the file is of another model
   */
  public LanguageModel(ModelFile file, Execution execution) {
    this.key = file.keyFile();
    this.execution = execution;
    this.generation =
        key.generation()
            .orElseThrow(() ->
                new UserException(
                    "the model is no causal language model, tokens [1, n] to logits [1, n,"
                        + " vocabulary]; zkc compile --generation says what is in the way"));
  }

  /** The statement's integers for a sequence of tokens, and which of them were generated. */
  public record Text(List<int[]> inputs, Continuation claim) {}

  /**
   * A prompt and what was generated after it.
   *
   * @param arrays one for each input, that of the tokens being the prompt
   * @throws UserException when they are no tokens, or too many
   */
  public Text text(List<TensorData> arrays, TensorData generated) {
    int[] prompt = prompt(arrays);
    int[] more = TokenArrays.tokens(generation, key, generated, "--generated");
    if (prompt.length + more.length > generation.length(key) && startsWith(more, prompt)) {
      throw new UserException(
          "the text of --generated begins with the prompt; give the tokens after it alone");
    }
    requireRoom(prompt.length, more.length);
    int[] all = Arrays.copyOf(prompt, prompt.length + more.length);
    System.arraycopy(more, 0, all, prompt.length, more.length);
    return new Text(inputs(arrays, all), new Continuation(prompt.length, all.length));
  }

  private static boolean startsWith(int[] tokens, int[] beginning) {
    return tokens.length > beginning.length
        && Arrays.equals(tokens, 0, beginning.length, beginning, 0, beginning.length);
  }

  private int[] prompt(List<TensorData> arrays) {
    return TokenArrays.tokens(generation, key, arrays.get(generation.input()), "--input");
  }

  private void requireRoom(int prompt, int more) {
    int most = generation.length(key);
    if (prompt + more > most) {
      throw new UserException(
          "%d tokens after a prompt of %d are more than the %d that the model was compiled for; compile with a longer --input-shape"
              .formatted(more, prompt, most));
    }
  }

  /**
   * The statement's integers for a sequence, padded.
   *
   * @param arrays one for each input, of which that of the tokens is not looked at
   */
  private List<int[]> inputs(List<TensorData> arrays, int[] tokens) {
    List<int[]> out = new ArrayList<>();
    for (int i = 0; i < arrays.size(); i++) {
      if (i == generation.input()) {
        int[] padded = Arrays.copyOf(tokens, generation.length(key));
        Arrays.fill(padded, tokens.length, padded.length, generation.padding(key));
        out.add(padded);
      } else {
        out.add(execution.quantize(i, arrays.get(i)));
      }
    }
    return out;
  }

  /**
   * Greedy generation: the model picks a token after the prompt, the next one after that, and so
   * on, each in a run of its own.
   *
   * @param arrays one for each input, that of the tokens being the prompt
   * @return the tokens after the prompt, with the axes of the model's input
   */
  public TensorData generate(List<TensorData> arrays, int count, int threads) {
    int[] tokens = prompt(arrays);
    int prompt = tokens.length;
    requireRoom(prompt, count);
    for (int k = 0; k < count; k++) {
      Statement statement = execution.statement(inputs(arrays, tokens), threads);
      int picked = generation.picked(key, statement, tokens.length - 1);
      tokens = Arrays.copyOf(tokens, tokens.length + 1);
      tokens[tokens.length - 1] = picked;
    }
    return TokenArrays.array(generation, key, Arrays.copyOfRange(tokens, prompt, tokens.length));
  }

  /**
   * Checks that each token that is claimed to be generated is the one that the model picks.
   *
   * @throws UserException at the first that is not
   */
  public void requirePicked(Statement statement, Continuation claim) {
    int[] tokens = generation.sequence(statement);
    for (int position = claim.prompt(); position < claim.length(); position++) {
      int picked = generation.picked(key, statement, position - 1);
      if (picked != tokens[position]) {
        throw new UserException(
            "token %d of --generated, position %d of the sequence, is %d, and the model picks %d there; what is proved is the model in integers, which may choose otherwise than floats where logits are close: zkc run --generate %d writes the tokens that it picks%s"
                .formatted(
                    position - claim.prompt(),
                    position,
                    tokens[position],
                    picked,
                    claim.length() - claim.prompt(),
                    startsWith(claim.generated(tokens), claim.prompt(tokens))
                        ? "; the text begins with the prompt: give the tokens after it alone"
                        : ""));
      }
    }
  }
}
