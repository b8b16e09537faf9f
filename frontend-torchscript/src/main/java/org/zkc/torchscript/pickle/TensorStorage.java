package org.zkc.torchscript.pickle;

import java.lang.foreign.MemorySegment;

/**
 * Raw elements that one or more tensors view; identity is what ties weights. {@code elements}
 * counts them.
 */
public record TensorStorage(String record, StorageType type, long elements, MemorySegment bytes) {

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }
}
