package org.zkc.tests.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.zkc.runtime.cli.Main;

/** Runs {@code zkc} commands in this process. */
final class Cli {
  static final int OK = 0;
  static final int REJECTED = 1;
  static final int BAD_INPUT = 2;

  /** A command with its output and exit code. */
  record Result(String command, int exitCode, String out, String err) {
    /** This result, if the command succeeded. */
    Result succeeded() {
      return exited(OK);
    }

    Result exited(int expected) {
      assertEquals(expected, exitCode, this::toString);
      return this;
    }

    @Override
    public String toString() {
      return "zkc "
          + command
          + "\nexit code "
          + exitCode
          + "\nstdout:\n"
          + out
          + "\nstderr:\n"
          + err;
    }
  }

  private Cli() {}

  /** Arguments may be paths. */
  static Result run(Object... arguments) {
    String[] words = Arrays.stream(arguments).map(Object::toString).toArray(String[]::new);
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    int exitCode;
    try (var outStream = new PrintStream(out, true, StandardCharsets.UTF_8);
        var errStream = new PrintStream(err, true, StandardCharsets.UTF_8)) {
      exitCode = Main.execute(words, outStream, errStream);
    }
    return new Result(
        String.join(" ", words),
        exitCode,
        out.toString(StandardCharsets.UTF_8),
        err.toString(StandardCharsets.UTF_8));
  }
}
