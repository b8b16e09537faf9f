package org.zkc.runtime.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import org.zkc.ir.UserException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

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
    })
final class ZkcCommand implements Callable<Integer> {
  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Print stack traces with errors.")
  boolean debug;

  private final Session session;

  /** The root of commands that run in a process of their own. */
  ZkcCommand() {
    this(Session.ofOneCommand());
  }

  ZkcCommand(Session session) {
    this.session = session;
  }

  private static final List<String> COMMANDS =
      List.of(
          "compile",
          "check",
          "prove",
          "verify",
          "run",
          "inspect",
          "opt",
          "ops",
          "security",
          "serve",
          "bench",
          "demo",
          "test",
          "completion");

  /**
   * Adds the commands that parsing {@code arguments} needs: the one that the first word names, else
   * all. The classes of a command are thereby loaded for that command only; a verifier loads no
   * compiler and no prover.
   */
  void addCommands(CommandLine root, String... arguments) {
    Optional<String> named =
        Arrays.stream(arguments)
            .filter(a -> !a.startsWith("-"))
            .findFirst()
            .filter(COMMANDS::contains);
    for (String name : named.map(List::of).orElse(COMMANDS)) {
      root.addSubcommand(name, command(name));
    }
  }

  private Object command(String name) {
    return switch (name) {
      case "compile" -> new CompileCommand(session);
      case "check" -> new CheckCommand(session);
      case "prove" -> new ProveCommand(session);
      case "verify" -> new VerifyCommand(session);
      case "run" -> new RunCommand(session);
      case "inspect" -> new InspectCommand(session);
      case "opt" -> new OptCommand();
      case "ops" -> new OpsCommand();
      case "security" -> new SecurityCommand();
      case "serve" -> new ServeCommand();
      case "bench" -> benchmarks();
      case "demo" -> new DemoCommand();
      case "test" -> new TestCommand();
      case "completion" -> new CompletionCommand();
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static Benchmarks benchmarks() {
    return ServiceLoader.load(Benchmarks.class).findFirst().orElseGet(NoBenchmarksCommand::new);
  }

  @Override
  public Integer call() {
    throw new UserException(
        "name a command: %s; see zkc --help".formatted(String.join(", ", COMMANDS)));
  }
}
