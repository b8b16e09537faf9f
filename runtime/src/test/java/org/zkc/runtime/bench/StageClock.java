package org.zkc.runtime.bench;

import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Processor time of the calling thread by stage of a proof, from the calls that tell that one
 * begins. Other processes on the machine do not lengthen it as they do wall time.
 */
final class StageClock {
  private final Map<String, Long> stages = new LinkedHashMap<>();
  private String current;
  private long begun = now();

  /**
   * Begins at once.
   *
   * @param first the stage that runs until another begins
   */
  StageClock(String first) {
    current = first;
  }

  /** Ends the current stage and begins {@code stage}; the fraction is what provers report. */
  void begin(String stage, double fraction) {
    long now = now();
    stages.merge(current, now - begun, Long::sum);
    current = stage;
    begun = now;
  }

  /** Ends the last stage. */
  void end() {
    begin("", 1);
  }

  /** Nanoseconds of one stage. */
  long nanoseconds(String stage) {
    return Objects.requireNonNull(stages.get(stage), stage + " is no stage of the prover");
  }

  /** Nanoseconds by stage, in the order in which they began. */
  Map<String, Long> nanoseconds() {
    return new LinkedHashMap<>(stages);
  }

  private static long now() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }
}
