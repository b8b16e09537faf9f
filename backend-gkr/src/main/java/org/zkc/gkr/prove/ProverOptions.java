package org.zkc.gkr.prove;

import java.util.function.BiConsumer;

/**
 * Options of a prover; nothing here changes a byte of the proof.
 *
 * @param threads at least 1
 * @param progress called from the proving thread with the stage begun and the fraction of the whole
 *     in [0, 1]
 * @param times receives the time of every stage
 */
public record ProverOptions(int threads, BiConsumer<String, Double> progress, StageTimes times) {
  public ProverOptions {
    if (threads < 1) {
      throw new IllegalArgumentException("threads: " + threads);
    }
  }

  /** One thread, nothing reported. */
  public static ProverOptions quiet() {
    return new ProverOptions(1, (stage, fraction) -> {}, new StageTimes());
  }
}
