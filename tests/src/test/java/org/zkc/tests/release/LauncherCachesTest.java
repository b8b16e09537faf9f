package org.zkc.tests.release;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.tests.Repository;

/**
 * A release's launcher makes the JVM's caches in the background at its first use, and uses them
 * from then on. The Java here is a script that says how it was called.
 */
@Timeout(120)
final class LauncherCachesTest {
  private static final String JAVA =
      """
      #!/bin/sh
      for word; do
        case $word in
          -XX:AOTCacheOutput=*) output=${word#*=} ;;
          -XX:AOTCache=*) echo "cache ${word##*/}" ;;
          -XX:TieredStopAtLevel=1) [ -z "${TELL:-}" ] || echo quick ;;
          --add-modules) [ -z "${TELL:-}" ] || echo vectors ;;
        esac
      done
      if [ -n "${output:-}" ]; then
        [ ! -e "$(dirname "$0")/broken" ] || exit 1
        echo made >"$output"
      else
        echo ran
      fi
      """;

  @TempDir private Path folder;
  private Path release;
  private Path caches;

  @BeforeEach
  void unpack() throws IOException {
    release = folder.resolve("zkc 1");
    caches = folder.resolve("home/.cache/zkc");
    Path sources = Repository.root().resolve("runtime/release");
    Files.createDirectories(release.resolve("bin"));
    Files.createDirectories(release.resolve("lib"));
    Files.createDirectories(release.resolve("java/bin"));
    Files.copy(sources.resolve("zkc"), release.resolve("bin/zkc"));
    Files.copy(sources.resolve("launch.sh"), release.resolve("lib/launch.sh"));
    Files.writeString(release.resolve("lib/zkc.jar"), "jar");
    Files.writeString(release.resolve("lib/build"), "0123456");
    Files.writeString(release.resolve("java/release"), "JAVA_VERSION=\"25\"");
    Path java = Files.writeString(release.resolve("java/bin/java"), JAVA);
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private List<String> zkc(String command, String... environment)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Stream.concat(
                    Stream.of("sh", release.resolve("bin/zkc").toString()),
                    Stream.of(command.split(" ")))
                .toList());
    builder.directory(folder.toFile());
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.startsWith("ZKC") || name.startsWith("XDG"));
    builder.environment().put("HOME", folder.resolve("home").toString());
    for (int i = 0; i < environment.length; i += 2) {
      builder.environment().put(environment[i], environment[i + 1]);
    }
    Process process = builder.redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), out);
    return out.lines().toList();
  }

  /** The folder of finished caches; waits for it. */
  private Path made() throws IOException, InterruptedException {
    while (true) {
      if (Files.isDirectory(caches)) {
        try (Stream<Path> all = Files.list(caches)) {
          List<Path> folders = all.toList();
          if (!folders.isEmpty()
              && folders.stream().noneMatch(file -> file.toString().endsWith(".making"))) {
            assertEquals(1, folders.size(), folders.toString());
            return folders.getFirst();
          }
        }
      }
      Thread.sleep(10);
    }
  }

  @Test
  void theFirstUseMakesWhatTheSecondUses() throws IOException, InterruptedException {
    assertEquals(List.of("ran"), zkc("verify"));
    Path first = made();
    assertEquals("made\n", Files.readString(first.resolve("verify.aot")));
    assertEquals(List.of("cache verify.aot", "ran"), zkc("verify"));
    assertEquals(List.of("cache prove.aot", "ran"), zkc("compile"));
    assertEquals(List.of("ran"), zkc("--version"), "linking the cache takes longer");
    assertEquals(first, made(), "nothing is made again");
    assertEquals(List.of("ran"), zkc("verify", "ZKC_CACHE", "off"));
  }

  private List<String> options(String command) throws IOException, InterruptedException {
    return zkc(command, "ZKC_CACHE", "off", "TELL", "yes");
  }

  @Test
  void aShortProofHasTheQuickCompilerAlone() throws IOException, InterruptedException {
    List<String> quick = List.of("quick", "ran");
    List<String> vectors = List.of("vectors", "ran");
    Path model = folder.resolve("m.zkc");
    for (long milliseconds : new long[] {0, 600, 601, 1L << 32, Long.MAX_VALUE, -1}) {
      ByteBuffer header = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
      Files.write(model, header.putLong(16, milliseconds).array());
      boolean isShort = 0 <= milliseconds && milliseconds <= 600;
      List<String> expected = isShort ? quick : vectors;
      assertEquals(expected, options("prove m.zkc --input x.npy"), "estimate " + milliseconds);
      assertEquals(expected, options("run --input x.npy m.zkc"), "estimate " + milliseconds);
    }
    Files.write(model, new byte[32]);
    assertEquals(vectors, options("prove --batch m.zkc --input x.npy"), "several samples");
    assertEquals(vectors, options("prove other.zkc --input x.npy"), "there is no such file");
    assertEquals(vectors, options("prove"));
    assertEquals(quick, options("verify m.zkp"));
    assertEquals(vectors, options("compile m.zkc"));
  }

  @Test
  void anotherJarHasCachesOfItsOwn() throws IOException, InterruptedException {
    zkc("verify");
    Path first = made();
    Files.writeString(release.resolve("lib/zkc.jar"), "another jar");
    assertEquals(List.of("ran"), zkc("verify"));
    while (!zkc("verify").contains("cache verify.aot")) {
      Thread.sleep(10);
    }
    assertTrue(Files.isDirectory(first), "its release may still be in use elsewhere");
  }

  @Test
  void cachesOfAReleaseThatIsGoneAreRemoved() throws IOException, InterruptedException {
    Path old = Files.createDirectories(caches.resolve("jvm-1"));
    Files.writeString(old.resolve("release"), folder.resolve("gone") + "\n");
    zkc("verify");
    // The launcher removes it before it makes its own, in the background.
    while (Files.exists(old)) {
      Thread.sleep(10);
    }
    assertNotEquals(old, made());
  }

  @Test
  void aRehearsalThatFailsIsNotTriedAgain() throws IOException, InterruptedException {
    Files.createFile(release.resolve("java/bin/broken"));
    zkc("verify");
    Path first = made();
    assertEquals(0, Files.size(first.resolve("verify.aot")));
    assertEquals(List.of("ran"), zkc("verify"), "an empty file is no cache");
    assertEquals(first, made());
  }

  @Test
  void whereNothingCanBeWrittenTheCommandRuns() throws IOException, InterruptedException {
    Path file = Files.createFile(folder.resolve("file"));
    assertEquals(List.of("ran"), zkc("verify", "XDG_CACHE_HOME", file.toString()));
    assertEquals(List.of("ran"), zkc("verify", "HOME", ""));
    assertFalse(Files.exists(caches));
  }

  @Test
  void whatAKilledProcessLeftIsMadeAnew() throws IOException, InterruptedException {
    zkc("verify");
    Path first = made();
    Path making = caches.resolve(first.getFileName() + ".making");
    Files.move(first, making);
    assertEquals(List.of("ran"), zkc("verify"), "another process may be at it");
    assertFalse(Files.exists(first));
    Files.setLastModifiedTime(making, FileTime.from(Instant.now().minus(Duration.ofHours(2))));
    zkc("verify");
    assertEquals(first, made());
  }
}
