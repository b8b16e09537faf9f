package org.zkc.gkr.channel;

/** The parts of a proof that are sequences of elements of E, in the order of the protocol. */
public enum Section {
  LOOKUPS("lookups"),
  LEAVES("lookup leaves"),
  ZERO_CHECKS("zero checks"),
  RELATIONS("relations"),
  WITNESS_BATCH("witness batch"),
  MODEL_MERGE("model merge"),
  COMBINATIONS("row combinations");

  private final String text;

  Section(String text) {
    this.text = text;
  }

  /** The section's name in messages. */
  public String text() {
    return text;
  }
}
