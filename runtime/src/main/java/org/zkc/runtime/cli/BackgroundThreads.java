package org.zkc.runtime.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Threads that work for later requests go behind the one that is being served, where the system has
 * a priority for each thread (Linux): on two processors a young process else shares them between
 * the request, the JVM's optimising compiler and the training of vector loops. The quick compiler
 * keeps its priority, since the request waits for it.
 */
final class BackgroundThreads {
  private static final Path TASKS = Path.of("/proc/self/task");

  /** By how much they give way, by their names as the system cuts them. */
  private static final Map<String, Integer> STEPS =
      Map.of("C2 CompilerThre", 5, "zkc-kernel-trai", 10, "zkc-product-tra", 10);

  private static final int THREAD = 0; // PRIO_PROCESS, which means one thread on Linux
  private static final int LOWEST = 19;
  private static final int NICE_FIELD = 16; // of those after the name in /proc/self/task/N/stat

  private final MethodHandle setPriority;
  private final Map<String, Integer> steps;

  private BackgroundThreads(MethodHandle setPriority, Map<String, Integer> steps) {
    this.setPriority = setPriority;
    this.steps = steps;
  }

  /** The threads of this process; empty where the system has no priorities of threads. */
  static Optional<BackgroundThreads> find() {
    return find(STEPS);
  }

  /** Those of other names. */
  static Optional<BackgroundThreads> find(Map<String, Integer> steps) {
    if (!Files.isDirectory(TASKS)) {
      return Optional.empty();
    }
    Linker linker = Linker.nativeLinker();
    FunctionDescriptor type =
        FunctionDescriptor.of(
            ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
    return linker
        .defaultLookup()
        .find("setpriority")
        .map(address -> new BackgroundThreads(linker.downcallHandle(address, type), steps));
  }

  /**
   * Makes the threads give way from now on. A thread whose priority the system does not change
   * keeps it.
   */
  void giveWay() {
    try (DirectoryStream<Path> tasks = Files.newDirectoryStream(TASKS)) {
      for (Path task : tasks) {
        Integer step = steps.get(Files.readString(task.resolve("comm")).strip());
        if (step != null) {
          int nice = Math.min(LOWEST, nice(task) + step);
          int thread = Integer.parseInt(String.valueOf(task.getFileName()));
          int failed = (int) setPriority.invokeExact(THREAD, thread, nice);
          if (failed != 0) {
            return;
          }
        }
      }
    } catch (IOException | UncheckedIOException e) {
      // A thread that has just ended, or a system that does not show them: everything works,
      // slower.
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError("a C function throws nothing", e);
    }
  }

  /** The nice value of a thread, from -20 to 19. */
  static int nice(Path task) throws IOException {
    String stat = Files.readString(task.resolve("stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return Integer.parseInt(fields[NICE_FIELD]);
  }
}
