package org.zkc.passes;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** What passes report: named counts, summed over a run. */
public final class PassContext {
  private final Map<String, Long> statistics = new TreeMap<>();

  /** Adds to the count {@code name}, for example {@code fold-batch-norm.folded}. */
  public void count(String name, long amount) {
    statistics.merge(name, amount, Long::sum);
  }

  public Map<String, Long> statistics() {
    return Collections.unmodifiableMap(statistics);
  }
}
