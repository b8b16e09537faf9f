package org.zkc.runtime.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Threads of two names of this test: one gives way, the other does not. */
@EnabledOnOs(OS.LINUX)
final class BackgroundThreadsTest {
  private static int nice(String name) throws IOException {
    try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
      for (Path task : tasks) {
        if (Files.readString(task.resolve("comm")).strip().equals(name)) {
          return BackgroundThreads.nice(task);
        }
      }
    }
    throw new AssertionError("no thread " + name);
  }

  @Test
  void threadsOfTheseNamesGiveWay() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(2);
    Runnable work =
        () -> {
          begun.countDown();
          try {
            end.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };
    Thread.ofPlatform().daemon().name("test-of-giving-way").start(work);
    Thread.ofPlatform().daemon().name("test-of-staying").start(work);
    begun.await();
    // The system cuts names to 15 characters.
    int before = nice("test-of-giving-");
    int other = nice("test-of-staying");
    BackgroundThreads threads =
        BackgroundThreads.find(Map.of("test-of-giving-", 3, "no thread", 1)).orElseThrow();
    threads.giveWay();
    assertEquals(Math.min(19, before + 3), nice("test-of-giving-"));
    threads.giveWay();
    assertEquals(Math.min(19, before + 6), nice("test-of-giving-"));
    assertEquals(other, nice("test-of-staying"));
    end.countDown();
  }
}
