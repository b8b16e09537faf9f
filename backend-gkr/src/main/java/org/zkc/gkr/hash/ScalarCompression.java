package org.zkc.gkr.hash;

/** One lane at a time. */
final class ScalarCompression implements Compression {
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
    for (int l = 0; l < lanes; l++) {
      Blake3.compress(
          chaining, chainingBase + l, chainingStride, message, messageBase + l, messageStride, counter, blockLength, flags);
    }
  }
}
