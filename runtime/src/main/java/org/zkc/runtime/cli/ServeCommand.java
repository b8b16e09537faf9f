package org.zkc.runtime.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.zkc.ir.UserException;
import org.zkc.runtime.serve.Server;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code zkc serve}. */
@Command(
    name = "serve",
    description = "Serve other programs: requests come as lines of JSON (docs/serve.md).",
    sortOptions = false)
final class ServeCommand implements Callable<Integer> {
  @Option(
      names = "--stdio",
      description = "Requests on stdin, answers on stdout, until stdin ends.")
  private boolean stdio;

  @Override
  public Integer call() throws IOException {
    if (!stdio) {
      throw new UserException("zkc serve needs --stdio: there is no other way to reach it");
    }
    PrintStream answers = System.out;
    // The output of libraries must not come between the answers.
    System.setOut(System.err);
    Optional<WarmUp> warmUp = WarmUp.begin();
    try {
      new Server(System.in, answers, new ServedCommands(warmUp)).serve();
    } finally {
      warmUp.ifPresent(WarmUp::end);
      System.setOut(answers);
    }
    return ExitCode.OK;
  }
}
