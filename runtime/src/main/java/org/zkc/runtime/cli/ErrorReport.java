package org.zkc.runtime.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.util.Objects;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.ir.UserException;
import org.zkc.runtime.artifact.FileErrors;

/** Turns what went wrong into one sentence on stderr and an exit code. */
final class ErrorReport {
  private ErrorReport() {}

  static int report(Throwable t, boolean debug, PrintWriter err) {
    if (debug) {
      t.printStackTrace(err);
    }
    int code =
        switch (t) {
          case UserException e -> {
            err.println("error: " + e.describe());
            yield ExitCode.USER;
          }
          case VerificationFailure e -> {
            err.println("error: INVALID: " + e.getMessage());
            yield ExitCode.INVALID;
          }
          case OtherStatement e -> {
            err.println("error: INVALID: " + e.getMessage());
            yield ExitCode.INVALID;
          }
          case OutOfMemoryError e -> {
            err.println(
                "error: out of memory (%s; the limit is %d MB): give more with ZKC_JAVA_OPTS=-Xmx16g or use a smaller model"
                    .formatted(e.getMessage(), Runtime.getRuntime().maxMemory() >> 20));
            yield ExitCode.INTERNAL;
          }
          case UncheckedIOException e ->
              io(Objects.requireNonNull(e.getCause(), "an UncheckedIOException has a cause"), err);
          case IOException e -> io(e, err);
          default -> {
            err.println(
                "error: internal error (%s); this is a bug in zkc, please report it with the output of --debug"
                    .formatted(oneLine(t)));
            yield ExitCode.INTERNAL;
          }
        };
    err.flush();
    return code;
  }

  private static int io(IOException e, PrintWriter err) {
    if (e instanceof AccessDeniedException denied) {
      err.println("error: cannot access %s: permission denied".formatted(denied.getFile()));
      return ExitCode.USER;
    }
    String file =
        e instanceof FileSystemException f && f.getFile() != null ? f.getFile() + ": " : "";
    err.println(
        "error: reading or writing failed: %s%s%s"
            .formatted(
                file,
                FileErrors.reason(e),
                FileErrors.isFull(e) ? "; free some space, or write to another disk" : ""));
    return ExitCode.INTERNAL;
  }

  private static String oneLine(Throwable t) {
    String message = t.getMessage() == null ? "" : ": " + t.getMessage().replace('\n', ' ');
    return t.getClass().getSimpleName() + message;
  }
}
