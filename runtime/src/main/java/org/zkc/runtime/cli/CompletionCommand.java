package org.zkc.runtime.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code zkc completion}. */
@Command(
    name = "completion",
    description = "Print a completion script for bash and zsh: source <(zkc completion)")
final class CompletionCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    spec.commandLine().getOut().print(AutoComplete.bash("zkc", Main.commandLine(new ZkcCommand())));
    return ExitCode.OK;
  }
}
