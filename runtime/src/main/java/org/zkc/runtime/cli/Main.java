package org.zkc.runtime.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.zkc.runtime.artifact.ZkcVersion;
import picocli.CommandLine;

/**
 * The {@code zkc} command line: parses the arguments, runs one command, and turns the outcome into
 * an exit code.
 */
public final class Main {
  private static final int SECONDS_FOR_ERRORS = 10;

  /** The flags that print the version; alone they need no command line to be described first. */
  private static final List<String> VERSION = List.of("--version", "-V");

  private Main() {}

  public static void main(String[] arguments) {
    // Numbers in texts and pages look the same on every machine: Arabic locales have other digits.
    Locale.setDefault(Locale.ROOT);
    int code = execute(arguments, System.out, System.err);
    endErrors();
    System.exit(code);
  }

  /**
   * Waits until the launcher's filter of stderr has written its content, because the caller of zkc
   * reads the file of its errors as soon as zkc has ended. The wait is bounded, because there may
   * be no reader.
   */
  private static void endErrors() {
    Optional<ProcessHandle> filter =
        Optional.ofNullable(Long.getLong("zkc.errors")).flatMap(ProcessHandle::of);
    System.err.close();
    filter.ifPresent(process ->
        process.onExit().completeOnTimeout(process, SECONDS_FOR_ERRORS, TimeUnit.SECONDS).join());
  }

  /**
   * Runs one command and gives its exit code; nothing else is written to, so that tests run
   * commands in their own process.
   */
  public static int execute(String[] arguments, PrintStream out, PrintStream err) {
    PrintWriter outWriter = new PrintWriter(out, true, StandardCharsets.UTF_8);
    PrintWriter errWriter = new PrintWriter(err, true, StandardCharsets.UTF_8);
    try {
      if (arguments.length == 1 && VERSION.contains(arguments[0])) {
        outWriter.println(ZkcVersion.text());
        return ExitCode.OK;
      }
      return run(outWriter, errWriter, arguments);
    } finally {
      outWriter.flush();
      errWriter.flush();
    }
  }

  /** Runs one command line; exit codes as in {@link ExitCode}. */
  static int run(PrintWriter out, PrintWriter err, String... arguments) {
    ZkcCommand root = new ZkcCommand();
    CommandLine commandLine = commandLine(root, arguments).setOut(out).setErr(err);
    boolean debug = Arrays.asList(arguments).contains("--debug");
    try {
      return commandLine.execute(arguments);
    } catch (
        Throwable t) { // picocli hands Errors through: out of memory must become exit code 3 too
      return ErrorReport.report(t, debug, err);
    }
  }

  static CommandLine commandLine(ZkcCommand root, String... arguments) {
    CommandLine commandLine = new CommandLine(root);
    root.addCommands(commandLine, arguments);
    commandLine.setExpandAtFiles(false);
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.registerConverter(Path.class, Main::path);
    commandLine.setParameterExceptionHandler((exception, given) -> {
      CommandLine failing = exception.getCommandLine();
      failing
          .getErr()
          .println(
              "error: %s; see %s --help"
                  .formatted(firstLine(exception), failing.getCommandSpec().qualifiedName()));
      return ExitCode.USER;
    });
    commandLine.setExecutionExceptionHandler((exception, failing, parsed) ->
        ErrorReport.report(exception, root.debug, failing.getErr()));
    return commandLine;
  }

  private static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new CommandLine.TypeConversionException(
          text.indexOf(0) >= 0
              ? "'%s' has a character of code 0, which no file's name has"
                  .formatted(text.replace("\0", "\\0"))
              : "'%s' has characters that this system's file names cannot have".formatted(text));
    }
  }

  static String firstLine(Exception exception) {
    if (exception instanceof CommandLine.UnmatchedArgumentException unmatched
        && unmatched.getCommandLine().getParent() == null
        && !unmatched.isUnknownOption()) {
      return "there is no command " + unmatched.getUnmatched().getFirst();
    }
    String message = String.valueOf(exception.getMessage()).lines().findFirst().orElse("");
    return message.endsWith(".") ? message.substring(0, message.length() - 1) : message;
  }
}
