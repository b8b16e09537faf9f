package org.zkc.runtime.cli;

import java.util.concurrent.Callable;
import org.zkc.ir.UserException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code zkc} itself; without a command it says which there are. */
@Command(
    name = "zkc",
    description = "Compiles PyTorch models and proves what they compute.",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    versionProvider = Version.class,
    sortOptions = false,
    usageHelpAutoWidth = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:success; verify: valid",
      "1:verify found the proof or key wrong or undecodable",
      "2:usage, missing or bad input file, unsupported model, fidelity target not reached",
      "3:internal error, memory, disk"
    },
    subcommands = {
      CompileCommand.class,
      ProveCommand.class,
      VerifyCommand.class,
      RunCommand.class,
      InspectCommand.class,
      OptCommand.class,
      OpsCommand.class,
      SecurityCommand.class,
      BenchCommand.class,
      DemoCommand.class,
      TestCommand.class,
      CompletionCommand.class
    })
final class ZkcCommand implements Callable<Integer> {
  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Print stack traces with errors.")
  boolean debug;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    throw new UserException(
        "name a command: %s; see zkc --help".formatted(String.join(", ", spec.subcommands().keySet())));
  }
}
