package org.zkc.ir.text;

import org.zkc.ir.TensorData;

/** Takes the tensors that a printed program names by digest only. */
@FunctionalInterface
public interface SidecarWriter {

  /** Stores the elements if they are new; answers the SHA-256 of their little-endian bytes in lower-case hexadecimal. */
  String store(TensorData data);
}
