package org.zkc.gkr.failure;

import java.util.Objects;

/**
 * A proof, key or opening was rejected. The only exception that a verifier throws on data from
 * outside.
 *
 * <p>{@code where} names the place as a path such as {@code logup layer 7 round 3} or {@code model
 * opening column 12}.
 */
public final class VerificationFailure extends RuntimeException {
  private final String where;
  private final String expected;
  private final String actual;

  public VerificationFailure(String where, String expected, String actual) {
    super(where + ": expected " + expected + ", got " + actual);
    this.where = where;
    this.expected = expected;
    this.actual = actual;
  }

  public String where() {
    return where;
  }

  public String expected() {
    return expected;
  }

  public String actual() {
    return actual;
  }

  /** Fails unless the two are equal; their text goes into the message. */
  public static void requireEqual(String where, Object expected, Object actual) {
    if (!Objects.equals(expected, actual)) {
      throw new VerificationFailure(where, String.valueOf(expected), String.valueOf(actual));
    }
  }

  /** Fails unless the two counts are equal, without boxing them first. */
  public static void requireCount(String where, long expected, long actual) {
    if (expected != actual) {
      throw new VerificationFailure(where, Long.toString(expected), Long.toString(actual));
    }
  }

  /** This failure seen from an enclosing part of the proof. */
  public VerificationFailure inside(String enclosing) {
    VerificationFailure outer = new VerificationFailure(enclosing + ": " + where, expected, actual);
    outer.initCause(this);
    return outer;
  }
}
