package org.zkc.runtime.execute;

/**
 * Garbage that earlier steps, and earlier proofs of the process, have left in the heap. The JVM's
 * serial collector looks for garbage among large arrays when the heap's limit is reached and not
 * before, so that a proof of 3 GB would take all that the limit allows once a few were made.
 */
public final class Leftovers {
  /** Below this much, garbage is not worth a collection. */
  private static final long SMALL = 2L << 30;

  /** Bytes that the last collection has left. */
  private static volatile long kept;

  private Leftovers() {}

  /**
   * Collects garbage where there may be much of it: between steps, as it takes some milliseconds
   * and a tenth of a second for a gigabyte of what is still in use.
   */
  public static void collect() {
    if (used() >= SMALL + kept) {
      System.gc();
      kept = used();
    }
  }

  private static long used() {
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
