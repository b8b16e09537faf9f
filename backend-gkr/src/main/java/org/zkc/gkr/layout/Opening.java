package org.zkc.gkr.layout;

/**
 * The commitments that a proof opens, in the order of the protocol, each by some of its columns.
 */
public enum Opening {
  /** The witness, whose root is in the proof. */
  WITNESS("witness"),
  /** The model, whose root is in the key. */
  MODEL("model"),
  /** The combinations of the rows of these, whose root is in the proof. */
  COMBINATION("combination");

  private final String text;

  Opening(String text) {
    this.text = text;
  }

  /** The opening's name in labels and messages. */
  public String text() {
    return text;
  }
}
