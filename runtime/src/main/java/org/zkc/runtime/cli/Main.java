package org.zkc.runtime.cli;

import java.io.PrintStream;

/** The {@code zkc} command line. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    System.exit(execute(arguments, System.out, System.err));
  }

  /** Runs one command and gives its exit code; nothing else is written to, so that tests run commands in their own process. */
  public static int execute(String[] arguments, PrintStream out, PrintStream err) {
    err.println("error: no command is there yet");
    return 2;
  }
}
