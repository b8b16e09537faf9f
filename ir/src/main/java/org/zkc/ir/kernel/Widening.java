package org.zkc.ir.kernel;

/** Signed integers of fewer bits as those of 32, by the loops that are ready. */
public final class Widening {
  private Widening() {}

  /** {@code out[at + i] = in[i]} for i < count. */
  public static void ofShorts(short[] in, int[] out, int at, int count) {
    LoopChoice.ints().widen(in, out, at, count);
  }

  /** {@link #ofShorts} of bytes. */
  public static void ofBytes(byte[] in, int[] out, int at, int count) {
    LoopChoice.ints().widen(in, out, at, count);
  }
}
