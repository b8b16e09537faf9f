package org.zkc.ir.kernel;

import java.util.function.IntConsumer;

/**
 * Runs independent pieces of work. Pieces write to places of their own, so results are the same for
 * every number of threads.
 */
public interface TaskRunner {
  /** The calling thread alone. */
  TaskRunner CALLER =
      new TaskRunner() {
        @Override
        public int threads() {
          return 1;
        }

        @Override
        public void forEach(int count, IntConsumer task) {
          for (int k = 0; k < count; k++) {
            task.accept(k);
          }
        }
      };

  /** The number of tasks that run at a time, at least 1. */
  int threads();

  /** Runs task(0) .. task(count - 1) and returns when all are done. */
  void forEach(int count, IntConsumer task);
}
