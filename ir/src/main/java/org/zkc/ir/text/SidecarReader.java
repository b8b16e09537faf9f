package org.zkc.ir.text;

import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** Finds the elements of tensors that a text names by digest. */
@FunctionalInterface
public interface SidecarReader {

  /** The reader for texts that carry all their elements. */
  SidecarReader NONE = digest -> Optional.empty();

  /** The bytes with this digest (lower-case hexadecimal), empty when they are not here. */
  Optional<MemorySegment> load(String digest);
}
