package org.zkc.ir;

import java.util.Objects;

/**
 * Something the user can mend: a model, file or flag that cannot be accepted. The message is one
 * clear sentence that names the remedy; the location is the user's own source line, or {@link
 * Location#UNKNOWN}. Exit code 2.
 */
public class UserException extends RuntimeException {
  private static final long serialVersionUID = 1;
  private final transient Location location;
  private final String why;
  private final String remedy;

  /** A message that names the remedy itself, or that has none. */
  public UserException(Location location, String message) {
    super(Objects.requireNonNull(message));
    this.location = Objects.requireNonNull(location);
    this.why = message;
    this.remedy = "";
  }

  /**
   * A message of two parts, for those who show them apart.
   *
   * @param why what cannot be accepted, and for what reason
   * @param remedy what to write in its place, an imperative
   */
  public UserException(Location location, String why, String remedy) {
    super(why + "; " + remedy);
    this.location = Objects.requireNonNull(location);
    this.why = why;
    this.remedy = remedy;
  }

  public UserException(String message) {
    this(Location.UNKNOWN, message);
  }

  public Location location() {
    return location;
  }

  /** The message without the remedy where the two are apart, else the whole message. */
  public String why() {
    return why;
  }

  /** The remedy; empty where the message does not tell it apart. */
  public String remedy() {
    return remedy;
  }

  /** The message, never null: the constructors demand one. */
  @Override
  public String getMessage() {
    return Objects.requireNonNull(super.getMessage());
  }

  /** {@code model.py:15: message} with the source line below it where it is known. */
  public String describe() {
    if (!location.isKnown()) {
      return getMessage();
    }
    String line = location.text().isBlank() ? "" : "\n    " + location.text().strip();
    return location + ": " + getMessage() + line;
  }
}
