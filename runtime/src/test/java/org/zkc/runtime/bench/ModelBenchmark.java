package org.zkc.runtime.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.zkc.ir.UserException;

/**
 * Measures one model. Compiling and proving each happen in a Java process of their own, started
 * with the flags of this one, so that the peak memory of each is its own; a third process is {@code
 * zkc prove} as a user runs it.
 */
public final class ModelBenchmark {
  /** The variable in which the launcher names itself. */
  private static final String LAUNCHER = "ZKC_LAUNCHER";

  private static final ObjectMapper JSON = new ObjectMapper();

  /** The JVM's, which it has no flag against. */
  private static final String MODULE_WARNING = "WARNING: Using incubator modules";

  private final BenchmarkRequest request;
  private final Optional<Class<?>> commandLine;

  /**
   * @param commandLine the main class of {@code zkc}, to measure whole processes too
   */
  public ModelBenchmark(BenchmarkRequest request, Optional<Class<?>> commandLine) {
    this.request = request;
    this.commandLine = commandLine;
  }

  /** Runs everything in a temporary folder; {@code progress} is told what is being done. */
  public BenchmarkFigures measure(BenchmarkTarget target, Consumer<String> progress)
      throws IOException {
    Path folder = Files.createTempDirectory("zkc-bench");
    try {
      return measure(target, folder, progress);
    } finally {
      delete(folder);
    }
  }

  private BenchmarkFigures measure(BenchmarkTarget target, Path folder, Consumer<String> progress)
      throws IOException {
    if (!(target instanceof BenchmarkTarget.Generated) && request.inputs().isEmpty()) {
      throw new UserException(
          "a benchmark of " + target.label() + " needs its input: --input FILE");
    }
    JSON.writeValue(folder.resolve(BenchmarkStep.REQUEST).toFile(), request);
    Path model = folder.resolve(BenchmarkStep.MODEL);
    CompileFigures compile = null;
    switch (target) {
      case BenchmarkTarget.Generated g -> {
        progress.accept("compiling " + target.label());
        compile = compile(BenchmarkStep.Kind.COMPILE_GENERATED, g.model().label(), folder);
      }
      case BenchmarkTarget.Archive a -> {
        progress.accept("compiling " + target.label());
        compile = compile(BenchmarkStep.Kind.COMPILE_ARCHIVE, a.file().toString(), folder);
      }
      case BenchmarkTarget.Compiled c -> model = c.file();
    }
    if (request.samples() > 1 && !(target instanceof BenchmarkTarget.Generated)) {
      throw new UserException("--batch is for generated models, not for " + target.label());
    }
    double coldSeconds = 0;
    if (commandLine.isPresent() && request.samples() == 1) {
      progress.accept("proving %s in a fresh process".formatted(target.label()));
      coldSeconds = cold(commandLine.get(), model, folder);
    }
    progress.accept("proving " + target.label());
    run(request.heap(), BenchmarkStep.class, step(BenchmarkStep.Kind.PROVE, folder, model));
    ProofFigures proof = read(BenchmarkStep.Kind.PROVE, folder, ProofFigures.class);
    return new BenchmarkFigures(target.label(), compile, proof, coldSeconds);
  }

  private CompileFigures compile(BenchmarkStep.Kind kind, String what, Path folder)
      throws IOException {
    run("", BenchmarkStep.class, List.of(kind.name(), folder.toString(), what));
    return read(kind, folder, CompileFigures.class);
  }

  private static List<String> step(BenchmarkStep.Kind kind, Path folder, Path model) {
    return List.of(kind.name(), folder.toString(), model.toString());
  }

  private static <T> T read(BenchmarkStep.Kind kind, Path folder, Class<T> type)
      throws IOException {
    return JSON.readValue(folder.resolve(kind.figuresFile()).toFile(), type);
  }

  /**
   * Seconds of a process of its own. Where the launcher said where it is, that starts the process,
   * with its flags and its cache of classes, as for a person at a shell.
   */
  private double cold(Class<?> main, Path model, Path folder) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("prove", model.toString()));
    for (String input : BenchmarkStep.inputs(folder, request)) {
      arguments.add("--input");
      arguments.add(input);
    }
    arguments.addAll(
        List.of(
            "-o",
            folder.resolve("cold.zkp").toString(),
            "--threads",
            String.valueOf(request.threads()),
            "--progress",
            "none"));
    String launcher = System.getenv(LAUNCHER);
    long start = System.nanoTime();
    if (launcher == null) {
      run(request.heap(), main, arguments);
    } else {
      arguments.addFirst(launcher);
      run(arguments, "prove", request.heap());
    }
    return (System.nanoTime() - start) / 1e9;
  }

  /**
   * Runs a class's main in a JVM with the flags of this one.
   *
   * @throws UserException when it fails; what it wrote to stderr went to this process's
   */
  private static void run(String heap, Class<?> main, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (heap.isEmpty() || !flag.startsWith("-Xmx")) {
        command.add(flag);
      }
    }
    if (!heap.isEmpty()) {
      command.add("-Xmx" + heap);
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments);
    run(command, arguments.getFirst(), "");
  }

  /**
   * Runs a command.
   *
   * @param what it does, for its error
   * @param heap its largest heap where it is a launcher, which chooses one itself if this is empty
   */
  private static void run(List<String> command, String what, String heap) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD);
    if (!heap.isEmpty()) {
      builder.environment().merge("ZKC_JAVA_OPTS", "-Xmx" + heap, "%s %s"::formatted);
    }
    Process process = builder.start();
    try (BufferedReader messages = process.errorReader()) {
      for (String line = messages.readLine(); line != null; line = messages.readLine()) {
        if (!line.startsWith(MODULE_WARNING)) {
          System.err.println(line);
        }
      }
      int code = process.waitFor();
      if (code != 0) {
        throw new UserException(
            String.format(
                Locale.ROOT,
                "the benchmark's process for %s ended with code %d; its message is above",
                what.toLowerCase(Locale.ROOT).replace('_', ' '),
                code));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UserException("the benchmark was interrupted");
    } finally {
      process.destroyForcibly();
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
