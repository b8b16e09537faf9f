package org.zkc.gkr.prove;

import java.lang.foreign.MemorySegment;

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

  /** One shift in 0..30 for each index of axis 0. */
  byte[] channelShifts(int tensor);
}
