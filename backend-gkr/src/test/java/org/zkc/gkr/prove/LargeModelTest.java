package org.zkc.gkr.prove;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model that no heap holds: {@link LargeModel} in processes of their own. */
class LargeModelTest {
  private static final int HEAP_MEGABYTES = 48;

  /** For a process that never ends: the work takes seconds, also where others use the machine. */
  private static final int LIMIT_MINUTES = 15;

  @TempDir Path folder;

  private final List<Process> started = new ArrayList<>();

  @AfterEach
  void endWhatStillRuns() {
    started.forEach(Process::destroyForcibly);
  }

  private Process start(long seed, boolean holds) throws IOException {
    ArrayList<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // The modules and access that the tests run with, but neither their heap nor their agents.
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(a -> a.startsWith("--") || a.startsWith("-Djdk."))
        .forEach(command::add);
    command.add("-Xmx" + HEAP_MEGABYTES + "m");
    command.add("-XX:+UseSerialGC");
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(LargeModel.class.getName());
    command.add(folder.toString());
    command.add(Long.toString(seed));
    command.add(Boolean.toString(holds));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    started.add(process);
    return process;
  }

  private String log() throws IOException {
    return Files.readString(folder.resolve("log"), StandardCharsets.UTF_8);
  }

  private List<String> files() throws IOException {
    try (Stream<Path> found = Files.list(folder)) {
      return found.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void aModelLargerThanTheHeapIsCommittedToProvedAndVerified() throws Exception {
    assertTrue(LargeModel.MODEL_BYTES > HEAP_MEGABYTES << 20);
    Process process = start(11, false);
    assertTrue(process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES), "seed 11");
    assertEquals(0, process.exitValue(), () -> "seed 11: " + readLog());
    assertTrue(log().contains("verified"), log());
    assertEquals(List.of("code", "log", "weights"), files());
  }

  @Test
  void anInterruptedCommitmentLeavesNoTemporaryFile() throws Exception {
    Process process = start(12, true);
    while (process.isAlive() && !log().contains(LargeModel.HELD)) {
      Thread.sleep(5);
    }
    assertTrue(process.isAlive(), "it does not stop by itself: " + log());
    assertTrue(files().stream().anyMatch(f -> f.endsWith(".building")), files().toString());
    process.destroy();
    assertTrue(process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES));
    assertTrue(files().stream().noneMatch(f -> f.endsWith(".building")), files().toString());
  }

  private String readLog() {
    try {
      return log();
    } catch (IOException e) {
      return e.toString();
    }
  }
}
