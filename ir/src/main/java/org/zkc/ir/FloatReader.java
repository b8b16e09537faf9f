package org.zkc.ir;

/** Gives runs of the elements of a tensor that exists nowhere as a whole. */
@FunctionalInterface
public interface FloatReader {
  /**
   * {@code out[i]} = element {@code first + i}, row-major, for i < count: the same at each call,
   * from any thread.
   */
  void read(long first, float[] out, int count);
}
