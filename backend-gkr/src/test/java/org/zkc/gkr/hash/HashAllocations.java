package org.zkc.gkr.hash;

import org.zkc.gkr.kernel.AllocationProbe;

/** Runs the vectors' compression for {@code BoxingTest}, in a process of its own. */
public final class HashAllocations {
  private static final int LANES = 256;

  /** Beside the places of seven rounds' words, a boxed state would be 64 bytes a lane. */
  private static final long PLACES = 64 + 4L * 7 * Blake3.BLOCK_WORDS;

  private HashAllocations() {}

  public static void main(String[] arguments) {
    VectorCompression vector = new VectorCompression();
    int[] chaining = new int[Blake3.DIGEST_WORDS * LANES];
    int[] message = new int[Blake3.BLOCK_WORDS * LANES];
    AllocationProbe.print(
        "compress",
        PLACES,
        () ->
            vector.compress(
                chaining, 0, LANES, message, 0, LANES, LANES, 0, Blake3.BLOCK_BYTES, 0));
  }
}
