package org.zkc.runtime.cli;

import java.io.PrintWriter;

/** Turns what went wrong into one sentence on stderr and an exit code. */
final class ErrorReport {
  private ErrorReport() {}

  static int report(Throwable t, boolean debug, PrintWriter err) {
    if (debug) {
      t.printStackTrace(err);
    }
    Failure failure = Failure.of(t);
    err.println("error: " + failure.describe());
    err.flush();
    return failure.exitCode();
  }
}
