package org.zkc.runtime.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.zkc.runtime.serve.Methods;
import org.zkc.runtime.serve.RpcException;
import picocli.CommandLine;

/** The commands of {@code zkc} as methods of a server: the same objects, in a warm session. */
final class ServedCommands implements Methods {
  private static final List<String> NAMES =
      List.of("compile", "check", "prove", "verify", "run", "inspect");

  /** Codes of failed commands: this minus the exit code. */
  private static final int COMMAND_FAILED = -32010;

  /**
   * Those whose own turns warm the process up better than a small model's, and need the machine.
   */
  private static final Set<String> PROVING = Set.of("prove", "verify", "run");

  private final WarmSession session = new WarmSession();
  private final Optional<WarmUp> warmUp;

  /** Commands of a process that only executes requests. */
  ServedCommands() {
    this(Optional.empty());
  }

  /**
   * Commands of a process that warms itself up.
   *
   * @param warmUp is stopped by the first command that proves, verifies or runs
   */
  ServedCommands(Optional<WarmUp> warmUp) {
    this.warmUp = warmUp;
  }

  @Override
  public Set<String> names() {
    return new LinkedHashSet<>(NAMES);
  }

  @Override
  public Map<String, Object> call(String method, ObjectNode params, Progress progress)
      throws RpcException {
    if (PROVING.contains(method)) {
      warmUp.ifPresent(WarmUp::stop);
    }
    session.begin(progress);
    StringWriter text = new StringWriter();
    StringWriter messages = new StringWriter();
    ZkcCommand root = new ZkcCommand(session);
    CommandLine line =
        Main.commandLine(root, method)
            .setOut(new PrintWriter(text, true))
            .setErr(new PrintWriter(messages, true));
    CommandLine command =
        Objects.requireNonNull(line.getSubcommands().get(method), "every method is a command");
    List<String> words = ServedArguments.of(command.getCommandSpec(), params);
    Ending ending = new Ending();
    line.setParameterExceptionHandler((exception, given) -> {
      ending.unusable = Main.firstLine(exception);
      return ExitCode.USER;
    });
    line.setExecutionExceptionHandler((exception, failing, parsed) -> {
      ending.thrown = exception;
      return ExitCode.USER;
    });
    int code;
    try {
      words.addFirst(method);
      code = line.execute(words.toArray(String[]::new));
    } catch (Throwable t) { // picocli hands Errors through, as in Main
      ending.thrown = t;
      code = ExitCode.INTERNAL;
    }
    Throwable thrown = ending.thrown;
    if (ending.unusable != null) {
      throw new RpcException(RpcException.INVALID_PARAMS, ending.unusable, Map.of());
    }
    List<String> lines = messages.toString().lines().toList();
    if (thrown != null) {
      if (Thread.currentThread().isInterrupted() || thrown instanceof OutOfMemoryError) {
        session.forget();
      }
      throw thrown instanceof CancellationException
          ? new RpcException(RpcException.CANCELLED, "cancelled", Map.of())
          : failed(Failure.of(thrown), lines);
    }
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("exitCode", code);
    result.put("text", text.toString());
    result.put("messages", lines);
    result.put("report", session.findings());
    return result;
  }

  /**
   * Returns memory to the system, because the collector by itself keeps memory that it once had.
   */
  @Override
  public void rest() {
    System.gc();
  }

  private static final class Ending {
    private @Nullable String unusable;
    private @Nullable Throwable thrown;
  }

  private static RpcException failed(Failure failure, List<String> messages) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("exitCode", failure.exitCode());
    data.put("kind", kind(failure.exitCode()));
    data.put("text", failure.describe());
    data.put("remedy", failure.remedy());
    if (failure.location().isKnown()) {
      Map<String, Object> frame = new LinkedHashMap<>();
      frame.put("file", failure.location().file());
      frame.put("line", failure.location().line());
      frame.put("text", failure.location().text().strip());
      data.put("frame", frame);
    }
    data.put("messages", messages);
    return new RpcException(COMMAND_FAILED - failure.exitCode(), failure.sentence(), data);
  }

  private static String kind(int exitCode) {
    return switch (exitCode) {
      case ExitCode.INVALID -> "invalid";
      case ExitCode.USER -> "user";
      default -> "internal";
    };
  }
}
