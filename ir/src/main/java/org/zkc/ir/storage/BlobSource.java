package org.zkc.ir.storage;

import java.lang.foreign.MemorySegment;

/** Gives the large tensors of a stored program. */
@FunctionalInterface
public interface BlobSource {

  /**
   * The {@code byteSize} bytes stored under {@code number}.
   *
   * @throws StorageException when there are none; number and size come from the file and may be
   *     anything
   */
  MemorySegment blob(long number, long byteSize);
}
