package org.zkc.gkr.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Copies of a part of a matrix of weights. A class of its own beside {@link VectorFold}, whose
 * methods the launcher has compiled before there is a profile: what a segment's methods are only a
 * profile tells.
 */
final class WeightTile {
  private WeightTile() {}

  /**
   * Copies {@code rows} pieces of {@code length} bytes, {@code stride} bytes from each to the next,
   * the first at {@code from}, one after another into {@code tile}.
   */
  static void copy(
      MemorySegment weights, long from, long stride, byte[] tile, int length, int rows) {
    if (stride == length) {
      MemorySegment.copy(weights, ValueLayout.JAVA_BYTE, from, tile, 0, rows * length);
      return;
    }
    for (int row = 0; row < rows; row++) {
      MemorySegment.copy(
          weights, ValueLayout.JAVA_BYTE, from + row * stride, tile, row * length, length);
    }
  }
}
