package org.zkc.gkr.kernel;

import com.sun.management.ThreadMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How much work allocates once it is compiled, found out in a JVM of its own: what C2 inlines
 * depends on all that ran before. The compiler works in the foreground there, so that the answer
 * depends on the number of runs and not on the time that a busy machine leaves to it.
 */
public final class AllocationProbe {
  /** Some five times what C2 waits for before it compiles a method that loops. */
  private static final int MOST_RUNS = 3_000;

  private AllocationProbe() {}

  /**
   * Runs the work until it allocates no more than {@code allowed} bytes, and prints what it
   * allocated last.
   */
  public static void print(String name, long allowed, Runnable work) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long allocated = Long.MAX_VALUE;
    for (int run = 0; run < MOST_RUNS && allocated > allowed; run++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      work.run();
      allocated = threads.getCurrentThreadAllocatedBytes() - before;
    }
    System.out.println(name + "\t" + allocated + "\t" + allowed);
  }

  /** Allocated and allowed bytes of a piece of work. */
  public record Found(long allocated, long allowed) {}

  /**
   * The flags with which {@code zkc serve} has loops of vectors compiled after few runs, as the
   * launcher sets them.
   */
  public static List<String> flagsOfServe() throws IOException {
    Process shell =
        new ProcessBuilder(
                "sh",
                "-c",
                "set -f; . ../runtime/release/launch.sh; echo $serve_options $compile_vectors")
            .start();
    try (BufferedReader out = shell.inputReader()) {
      return List.of(out.readLine().split(" ", -1));
    }
  }

  /**
   * The figures that the {@code main} of a class printed through {@link #print}, by name.
   *
   * @param flags further flags of the JVM
   */
  public static Map<String, Found> inAFreshJvm(Class<?> main, List<String> flags)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--add-modules", "jdk.incubator.vector"));
    command.addAll(List.of("-XX:-BackgroundCompilation", "-XX:+UseSerialGC"));
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    Map<String, Found> found = new LinkedHashMap<>();
    try (BufferedReader out = process.inputReader()) {
      for (String line : out.lines().toList()) {
        List<String> words = List.of(line.split("\t", -1));
        found.put(
            words.get(0), new Found(Long.parseLong(words.get(1)), Long.parseLong(words.get(2))));
      }
    }
    if (process.waitFor() != 0) {
      throw new IOException(main + " failed");
    }
    return found;
  }
}
