package org.zkc.ir.text;

import org.zkc.ir.TensorData;

/** Takes the tensors that a printed program names by digest only. */
@FunctionalInterface
public interface SidecarWriter {

  /** Names tensors and stores nothing: for texts that are looked at or compared, not parsed. */
  SidecarWriter DIGESTS = data -> SidecarFile.hexDigest(data.bytes());

  /**
   * Stores the elements if they are new; answers the SHA-256 of their little-endian bytes in
   * lower-case hexadecimal.
   */
  String store(TensorData data);
}
