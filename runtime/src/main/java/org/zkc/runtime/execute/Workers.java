package org.zkc.runtime.execute;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;

/** Threads that run independent tasks; one thread means the caller's. */
final class Workers implements AutoCloseable {
  private final int threads;
  private final ForkJoinPool pool;

  Workers(int threads) {
    this.threads = threads;
    this.pool = threads > 1 ? new ForkJoinPool(threads) : null;
  }

  int threads() {
    return threads;
  }

  /** Runs all tasks and returns when the last has ended. */
  void run(List<Runnable> tasks) {
    if (pool == null || tasks.size() == 1) {
      tasks.forEach(Runnable::run);
      return;
    }
    try {
      pool.submit(() -> ForkJoinTask.invokeAll(tasks.stream().map(ForkJoinTask::adapt).toList())).get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while executing the model", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  @Override
  public void close() {
    if (pool != null) {
      pool.close();
    }
  }
}
