package org.zkc.gkr.hash;

/**
 * One lane at a time, from a copy of a group of lanes: words of one lane lie a stride apart, often
 * a power of two, which maps all of them to one set of the cache.
 */
final class ScalarCompression implements Compression {
  private static final int GROUP = 16;

  @Override
  public void compress(
      int[] chaining,
      int chainingBase,
      int chainingStride,
      int[] message,
      int messageBase,
      int messageStride,
      int lanes,
      long counter,
      int blockLength,
      int flags) {
    int[] block = new int[GROUP * Blake3.BLOCK_WORDS];
    for (int from = 0; from < lanes; from += GROUP) {
      int count = Math.min(GROUP, lanes - from);
      for (int j = 0; j < Blake3.BLOCK_WORDS; j++) {
        int source = messageBase + messageStride * j + from;
        for (int l = 0; l < count; l++) {
          block[l * Blake3.BLOCK_WORDS + j] = message[source + l];
        }
      }
      for (int l = 0; l < count; l++) {
        Blake3.compress(
            chaining,
            chainingBase + from + l,
            chainingStride,
            block,
            l * Blake3.BLOCK_WORDS,
            1,
            counter,
            blockLength,
            flags);
      }
    }
  }
}
