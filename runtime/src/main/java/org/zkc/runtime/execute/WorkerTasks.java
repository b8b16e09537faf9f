package org.zkc.runtime.execute;

import java.util.function.IntConsumer;
import org.zkc.gkr.kernel.Workers;
import org.zkc.ir.kernel.TaskRunner;

/** Pieces of products, run by the backend's workers. */
public record WorkerTasks(Workers workers) implements TaskRunner {
  @Override
  public int threads() {
    return workers.threads();
  }

  @Override
  public void forEach(int count, IntConsumer task) {
    workers.forEach(count, task);
  }
}
