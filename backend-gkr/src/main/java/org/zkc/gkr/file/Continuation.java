package org.zkc.gkr.file;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.statement.Statement;

/**
 * The claim of a proof that text was generated: of the sequence that the statement gives the model,
 * the tokens before {@code prompt} are a prompt, and each token from there to {@code length} is the
 * one that the model picks after those before it. The tokens at {@code length} and after are
 * padding (docs/protocol.md section 1.1).
 *
 * @param prompt tokens of the prompt, at least 1
 * @param length tokens of prompt and continuation together, more than {@code prompt}
 */
public record Continuation(int prompt, int length) {
  private static final String WHERE = "proof file, claim";

  public Continuation {
    if (prompt < 1 || length <= prompt) {
      throw new IllegalArgumentException("a prompt of %d of %d tokens".formatted(prompt, length));
    }
  }

  /** The bytes of a proof file's claim. */
  public byte[] encode() {
    return ByteBuffer.allocate(2 * Integer.BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(prompt)
        .putInt(length)
        .array();
  }

  /**
   * The claim of a proof file; empty where it makes none.
   *
   * @throws VerificationFailure when the bytes are not what {@link #encode} writes
   */
  public static Optional<Continuation> decode(byte[] claim) {
    if (claim.length == 0) {
      return Optional.empty();
    }
    VerificationFailure.requireCount(WHERE + ", bytes", 2 * Integer.BYTES, claim.length);
    ByteBuffer bytes = ByteBuffer.wrap(claim).order(ByteOrder.LITTLE_ENDIAN);
    int prompt = bytes.getInt();
    int length = bytes.getInt();
    if (prompt < 1 || length <= prompt) {
      throw new VerificationFailure(
          WHERE, "a prompt and tokens after it", "a prompt of %d of %d".formatted(prompt, length));
    }
    return Optional.of(new Continuation(prompt, length));
  }

  /**
   * Checks the claim, by comparing inputs with outputs of a statement that is proved.
   *
   * @throws VerificationFailure when the key's model generates no text, or other text
   */
  public void requireHolds(KeyFile key, Statement statement) {
    Generation generation =
        key.generation()
            .orElseThrow(() ->
                new VerificationFailure(
                    WHERE, "none, as the key is of no causal language model", "generated text"));
    int[] tokens = generation.sequence(statement);
    if (length > tokens.length) {
      throw new VerificationFailure(
          WHERE, "at most " + tokens.length + " tokens", Integer.toString(length));
    }
    for (int position = prompt; position < length; position++) {
      VerificationFailure.requireCount(
          "generated token at position " + position,
          generation.picked(key, statement, position - 1),
          tokens[position]);
    }
    for (int position = length; position < tokens.length; position++) {
      VerificationFailure.requireCount(
          "padding at position " + position, generation.padding(key), tokens[position]);
    }
  }

  /**
   * The claim of an unverified proof file, for display; empty where the file makes none, or one
   * that is not about a sequence of this key.
   */
  public static Optional<Continuation> unverified(byte[] claim, KeyFile key) {
    return decode(claim)
        .filter(c -> key.generation().filter(g -> c.length <= g.length(key)).isPresent());
  }

  /** The tokens of the prompt. */
  public int[] prompt(int[] sequence) {
    return Arrays.copyOfRange(sequence, 0, prompt);
  }

  /** The tokens that were generated. */
  public int[] generated(int[] sequence) {
    return Arrays.copyOfRange(sequence, prompt, length);
  }
}
