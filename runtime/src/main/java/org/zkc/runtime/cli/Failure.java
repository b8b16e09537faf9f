package org.zkc.runtime.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.util.Objects;
import java.util.stream.Collectors;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.ir.Location;
import org.zkc.ir.UserException;
import org.zkc.runtime.artifact.FileErrors;

/**
 * The end of a command that went wrong.
 *
 * @param exitCode as in {@link ExitCode}, and not {@link ExitCode#OK}
 * @param sentence one sentence for people
 * @param location the line of the user's model, or {@link Location#UNKNOWN}
 * @param remedy what to write instead; empty where the sentence says so itself
 */
record Failure(int exitCode, String sentence, Location location, String remedy) {
  private Failure(int exitCode, String sentence) {
    this(exitCode, sentence, Location.UNKNOWN, "");
  }

  /** The failure that an exception stands for. */
  static Failure of(Throwable t) {
    return switch (t) {
      case UserException e -> new Failure(ExitCode.USER, e.getMessage(), e.location(), e.remedy());
      case VerificationFailure e -> new Failure(ExitCode.INVALID, "INVALID: " + e.getMessage());
      case OtherStatement e -> new Failure(ExitCode.INVALID, "INVALID: " + e.getMessage());
      case OutOfMemoryError e ->
          new Failure(
              ExitCode.INTERNAL,
              "out of memory (%s; the limit is %d MB): give more with ZKC_JAVA_OPTS=-Xmx16g or use a smaller model"
                  .formatted(e.getMessage(), Runtime.getRuntime().maxMemory() >> 20));
      case UncheckedIOException e ->
          io(Objects.requireNonNull(e.getCause(), "an UncheckedIOException has a cause"));
      case IOException e -> io(e);
      default ->
          new Failure(
              ExitCode.INTERNAL,
              "internal error (%s); this is a bug in zkc, please report it with the output of --debug"
                  .formatted(oneLine(t)));
    };
  }

  /** Characters of a line that are shown. */
  private static final int MOST_SHOWN = 2000;

  /** The sentence with the line of the model before it and its text below, where they are known. */
  String describe() {
    if (!location.isKnown()) {
      return printable(sentence);
    }
    String line = location.text().isBlank() ? "" : "\n    " + location.text().strip();
    return printable(location + ": " + sentence + line);
  }

  /**
   * The text as a terminal may show it. Names and lines of a stranger's file are quoted in it: none
   * may move the cursor, write right to left, or fill the screen.
   */
  private static String printable(String text) {
    return text.lines().map(Failure::printableLine).collect(Collectors.joining("\n"));
  }

  private static String printableLine(String line) {
    StringBuilder out = new StringBuilder();
    line.codePoints().limit(MOST_SHOWN).forEach(c -> out.appendCodePoint(isHarmless(c) ? c : '?'));
    return out.append(line.codePointCount(0, line.length()) > MOST_SHOWN ? "..." : "").toString();
  }

  private static boolean isHarmless(int c) {
    return c == '\t'
        || switch (Character.getType(c)) {
          case Character.CONTROL,
              Character.FORMAT,
              Character.SURROGATE,
              Character.LINE_SEPARATOR,
              Character.PARAGRAPH_SEPARATOR ->
              false;
          default -> true;
        };
  }

  private static Failure io(IOException e) {
    if (e instanceof AccessDeniedException denied) {
      return new Failure(
          ExitCode.USER, "cannot access %s: permission denied".formatted(denied.getFile()));
    }
    String file =
        e instanceof FileSystemException f && f.getFile() != null ? f.getFile() + ": " : "";
    return new Failure(
        ExitCode.INTERNAL,
        "reading or writing failed: %s%s%s"
            .formatted(
                file,
                FileErrors.reason(e),
                FileErrors.isFull(e) ? "; free some space, or write to another disk" : ""));
  }

  private static String oneLine(Throwable t) {
    String message = t.getMessage() == null ? "" : ": " + t.getMessage().replace('\n', ' ');
    return t.getClass().getSimpleName() + message;
  }
}
