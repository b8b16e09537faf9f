package org.zkc.ir.storage;

/** Takes the large tensors of a program that is being stored. */
@FunctionalInterface
public interface BlobSink {

  /**
   * Takes the bytes, which stay valid and unchanged, and answers the number by which they will be
   * asked for.
   */
  long add(Blob blob);
}
