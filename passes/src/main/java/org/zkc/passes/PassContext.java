package org.zkc.passes;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.zkc.ir.kernel.TaskRunner;

/**
 * The surroundings of passes: the threads for large products, and named counts, summed over a run.
 */
public final class PassContext {
  private final Map<String, Long> statistics = new TreeMap<>();
  private final TaskRunner tasks;

  /** A context whose passes run on the calling thread alone. */
  public PassContext() {
    this(TaskRunner.CALLER);
  }

  /** Results do not depend on {@code tasks}. */
  public PassContext(TaskRunner tasks) {
    this.tasks = tasks;
  }

  /** The runner of pieces of large products. */
  public TaskRunner tasks() {
    return tasks;
  }

  /** Adds to the count {@code name}, for example {@code fold-batch-norm.folded}. */
  public void count(String name, long amount) {
    statistics.merge(name, amount, Long::sum);
  }

  public Map<String, Long> statistics() {
    return Collections.unmodifiableMap(statistics);
  }
}
