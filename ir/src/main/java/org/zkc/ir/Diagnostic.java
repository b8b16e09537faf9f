package org.zkc.ir;

import java.util.Objects;
import java.util.Optional;

/**
 * One violation that the {@link Checker} found.
 *
 * @param op the op that violates, empty when it is the program or a function
 * @param location the user's source line of that op or function
 * @param message one sentence
 */
public record Diagnostic(Optional<Op> op, Location location, String message) {
  public Diagnostic {
    Objects.requireNonNull(op);
    Objects.requireNonNull(location);
    Objects.requireNonNull(message);
  }
}
