package org.zkc.tests.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zkc.runtime.cli.Main;

/**
 * Keys depend on archive, calibration and flags only: not on threads, vector width, file names or
 * the process.
 */
final class ReproducibleKeyTest {
  private static final int SECONDS = 900;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"lenet5", "tanh_mlp", "depthwise_cnn"})
  void threadsAndVectorsDoNotChangeTheKey(String name) throws Exception {
    byte[] oneThread = compile(name, "one", List.of("--add-modules", "jdk.incubator.vector"), 1);
    byte[] manyThreads = compile(name, "many", List.of("--add-modules", "jdk.incubator.vector"), 4);
    byte[] scalar = compile(name, "scalar", List.of(), 2);
    assertArrayEquals(oneThread, manyThreads, "threads");
    assertArrayEquals(oneThread, scalar, "vectors");
  }

  /** Compiles a copy of another name in a process of its own with so many processors. */
  private byte[] compile(String name, String copy, List<String> flags, int processors)
      throws IOException, InterruptedException {
    Path archive = folder.resolve(copy + ".pt");
    Files.copy(SampleArchive.named(name).path(), archive);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.addAll(
        List.of("--enable-native-access=ALL-UNNAMED", "-XX:ActiveProcessorCount=" + processors));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(
        List.of("compile", archive.toString(), "-o", folder.resolve(copy + ".zkc").toString()));
    Path log = folder.resolve(copy + ".log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("compile took more than " + SECONDS + " s: " + command);
    }
    assertEquals(0, process.exitValue(), () -> command + "\n" + read(log));
    return Files.readAllBytes(folder.resolve(copy + ".vk"));
  }

  private static String read(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
