package org.zkc.gkr.prove;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The elements of the MODEL tensors of a circuit. Element (o, rest) of a tensor is its mantissa,
 * little-endian signed, shifted left by the shift of its output channel o (axis 0).
 */
public interface ModelTensors {
  /**
   * The mantissas of MODEL tensor {@code tensor}, row-major over its real index set, without
   * padding.
   */
  MemorySegment mantissas(int tensor);

  /** Bytes of a mantissa: 1, 2 or 4. */
  int elementBytes(int tensor);

  /** One shift in 0..29 for each index of axis 0. */
  byte[] channelShifts(int tensor);

  /** Bytes of all mantissas of a tensor. */
  default long byteSize(int tensor) {
    return mantissas(tensor).byteSize();
  }

  /**
   * Writes the {@code count} elements at one index of axis 0, shift applied, to out[at, at +
   * count). Commitments read the model by this alone, so that a model whose mantissas are not in
   * memory overrides it.
   */
  default void copyChannel(int tensor, int channel, int[] out, int at, int count) {
    int bytes = elementBytes(tensor);
    int shift = channelShifts(tensor)[channel];
    MemorySegment data =
        mantissas(tensor).asSlice((long) channel * count * bytes, (long) count * bytes);
    switch (bytes) {
      case 1 -> {
        for (int k = 0; k < count; k++) {
          out[at + k] = data.get(ValueLayout.JAVA_BYTE, k) << shift;
        }
      }
      case 2 -> {
        for (int k = 0; k < count; k++) {
          out[at + k] = data.get(SHORT, 2L * k) << shift;
        }
      }
      case 4 -> {
        for (int k = 0; k < count; k++) {
          out[at + k] = data.get(INT, 4L * k) << shift;
        }
      }
      default -> throw new IllegalArgumentException("model elements of " + bytes + " bytes");
    }
  }

  /** Little-endian mantissas of 2 bytes. */
  ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** Little-endian mantissas of 4 bytes. */
  ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
}
