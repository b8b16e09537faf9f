package org.zkc.gkr.prove.commitment;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Writes to a file by a thread of its own, one piece at a time, while the caller makes the next
 * one. The caller leaves a piece as it is until {@link #await} has returned.
 */
final class BackgroundWriter implements AutoCloseable {
  private final NewFile file;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(task -> {
        Thread writer = new Thread(task, "zkc-writer");
        writer.setDaemon(true);
        return writer;
      });
  private @Nullable Future<?> last;

  BackgroundWriter(NewFile file) {
    this.file = file;
  }

  /** Begins to write a piece, when the one before is written. */
  void write(MemorySegment bytes, long at) throws IOException {
    await();
    last =
        thread.submit(() -> {
          file.write(bytes, at);
          return null;
        });
  }

  /**
   * Waits until every piece is written.
   *
   * @throws IOException what went wrong when it was
   */
  void await() throws IOException {
    Future<?> writing = last;
    if (writing == null) {
      return;
    }
    last = null;
    try {
      writing.get();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while a file was written");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failed) {
        throw failed;
      }
      throw new IllegalStateException("the file's writer failed", e.getCause());
    }
  }

  /** Ends the thread, once it has written what it began. */
  @Override
  public void close() {
    thread.close();
  }
}
