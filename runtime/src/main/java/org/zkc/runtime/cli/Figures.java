package org.zkc.runtime.cli;

import java.util.Locale;
import org.zkc.ir.TensorData;
import org.zkc.runtime.numpy.ArrayExcerpt;

/** Numbers as people read them. */
final class Figures {
  private static final int SHOWN_ELEMENTS = 12;

  private Figures() {}

  /** {@code 61,706}. */
  static String count(long n) {
    return String.format(Locale.ROOT, "%,d", n);
  }

  /** {@code 413 kB}, in powers of 1000. */
  static String bytes(long n) {
    if (n < 10_000) {
      return count(n) + " B";
    }
    if (n < 10_000_000) {
      return String.format(Locale.ROOT, "%.0f kB", n / 1e3);
    }
    return n < 10_000_000_000L
        ? String.format(Locale.ROOT, "%.0f MB", n / 1e6)
        : String.format(Locale.ROOT, "%.1f GB", n / 1e9);
  }

  /** {@code 12.3 ms} or {@code 1.85 s}. */
  static String time(double seconds) {
    return seconds < 1
        ? String.format(Locale.ROOT, "%.1f ms", seconds * 1e3)
        : String.format(Locale.ROOT, "%.2f s", seconds);
  }

  static double secondsSince(long nanoTime) {
    return (System.nanoTime() - nanoTime) / 1e9;
  }

  /** The first elements of an array. */
  static String elements(TensorData array) {
    return ArrayExcerpt.of(array, SHOWN_ELEMENTS, 6);
  }
}
