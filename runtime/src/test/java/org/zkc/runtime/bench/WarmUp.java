package org.zkc.runtime.bench;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import org.zkc.gkr.kernel.Training;
import org.zkc.ir.kernel.LoopChoice;

/**
 * Repeats work until the JVM has stopped compiling it: vector code takes its compiler seconds, in
 * which a small model is proved many times.
 */
final class WarmUp {
  /** Runs in a row during which the JVM hardly compiles, after which it counts as warm. */
  private static final int QUIET_RUNS = 3;

  private static final double QUIET_SHARE = 0.02;

  /** More than the young generation, so that small proofs do not reach it. */
  private static final long FULL_BYTES = 1L << 30;

  private WarmUp() {}

  /**
   * Runs {@code work} {@code runs} times, waits for the vector loops that this began to compile,
   * and goes on until the JVM has stopped compiling. Without runs to warm up there is nothing to
   * wait for: what is measured is a young process.
   *
   * @param mostSeconds for the last: some method or other is compiled again for ever
   */
  static void of(Runnable work, int runs, double mostSeconds) {
    if (runs == 0) {
      return;
    }
    Training.early();
    LoopChoice.early();
    for (int run = 0; run < runs; run++) {
      work.run();
    }
    Training.awaitAll();
    LoopChoice.await();
    CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
    long start = System.nanoTime();
    for (int quiet = 0; quiet < QUIET_RUNS && secondsSince(start) < mostSeconds; ) {
      collectIfFull();
      long compiling = compiler.getTotalCompilationTime();
      long begin = System.nanoTime();
      work.run();
      double compiled = (compiler.getTotalCompilationTime() - compiling) / 1e3;
      quiet = compiled < QUIET_SHARE * secondsSince(begin) ? quiet + 1 : 0;
    }
  }

  /**
   * Collects the garbage of large proofs before the next, off the clock: else the old generation
   * fills to the limit of the heap, and what is timed is the system handing out fresh pages. Small
   * proofs stay as they are, for a collection leaves caches cold.
   */
  static void collectIfFull() {
    Runtime runtime = Runtime.getRuntime();
    if (runtime.totalMemory() - runtime.freeMemory() > FULL_BYTES) {
      System.gc();
    }
  }

  private static double secondsSince(long start) {
    return (System.nanoTime() - start) / 1e9;
  }
}
