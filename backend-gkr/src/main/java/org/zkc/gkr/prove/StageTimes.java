package org.zkc.gkr.prove;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/** Wall time by stage of one proof, in the order in which the stages ran. */
public final class StageTimes {
  private final LinkedHashMap<String, Long> nanos = new LinkedHashMap<>();

  /** Adds to the time of {@code stage}. */
  public void add(String stage, long nanoseconds) {
    nanos.merge(stage, nanoseconds, Long::sum);
  }

  /** Nanoseconds by stage. */
  public SequencedMap<String, Long> nanoseconds() {
    return new LinkedHashMap<>(nanos);
  }

  /** The sum over the stages. */
  public long total() {
    long sum = 0;
    for (Map.Entry<String, Long> e : nanos.entrySet()) {
      sum += e.getValue();
    }
    return sum;
  }
}
