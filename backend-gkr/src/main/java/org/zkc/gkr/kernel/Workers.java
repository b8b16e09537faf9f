package org.zkc.gkr.kernel;

import java.util.concurrent.CancellationException;
import java.util.concurrent.ForkJoinPool;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Threads for independent pieces of work. Pieces write to places of their own, so results are the
 * same for every number of threads.
 */
public final class Workers implements AutoCloseable {
  private final @Nullable ForkJoinPool pool;

  private Workers(@Nullable ForkJoinPool pool) {
    this.pool = pool;
  }

  /** The calling thread alone. */
  public static Workers callerOnly() {
    return new Workers(null);
  }

  /** {@code threads} threads, at least 1; with 1 the caller works alone. */
  public static Workers of(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException(threads + " threads");
    }
    return threads == 1 ? callerOnly() : new Workers(new ForkJoinPool(threads));
  }

  public int threads() {
    return pool == null ? 1 : pool.getParallelism();
  }

  /**
   * Runs body(0) .. body(count - 1) and returns when all are done.
   *
   * @throws CancellationException where the calling thread has been interrupted: nobody waits for
   *     what it makes
   */
  public void forEach(int count, IntConsumer body) {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancellationException("the thread was interrupted");
    }
    if (pool == null || count == 1) {
      for (int k = 0; k < count; k++) {
        body.accept(k);
      }
    } else {
      pool.submit(() -> IntStream.range(0, count).parallel().forEach(body)).join();
    }
  }

  /** Elements of a piece of {@link #forEachRange}. */
  private static final int RANGE = 64;

  /** Works on [from, to). */
  @FunctionalInterface
  public interface Range {
    void run(int from, int to);
  }

  /** Runs body on pieces of [0, count) of a fixed size and returns when all are done. */
  public void forEachRange(int count, Range body) {
    forEach(
        (count + RANGE - 1) / RANGE,
        piece -> body.run(piece * RANGE, Math.min(count, (piece + 1) * RANGE)));
  }

  @Override
  public void close() {
    if (pool != null) {
      pool.shutdown();
    }
  }
}
