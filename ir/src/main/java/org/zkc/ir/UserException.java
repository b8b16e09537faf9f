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

  public UserException(Location location, String message) {
    super(Objects.requireNonNull(message));
    this.location = Objects.requireNonNull(location);
  }

  public UserException(String message) {
    this(Location.UNKNOWN, message);
  }

  public Location location() {
    return location;
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
