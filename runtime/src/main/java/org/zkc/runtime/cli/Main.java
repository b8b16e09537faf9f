package org.zkc.runtime.cli;

/** The {@code zkc} command line. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    System.err.println("error: no command is there yet");
    System.exit(2);
  }
}
