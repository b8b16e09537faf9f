package org.zkc.gkr.prove.sumcheck;

import java.util.Arrays;

/**
 * Live tiles of a table by pairs that the highest variable joins: tile {@code index[k]} of the
 * lower half lies in slot {@code low[k]}, its counterpart of the upper half in {@code high[k]}, -1
 * where it is not live.
 */
record TilePairs(int[] index, int[] low, int[] high) {
  /**
   * Pairs ascending tiles, each in its slot; {@code half} is the number of tiles in one half of the
   * table.
   */
  static TilePairs of(int[] tiles, int[] slots, int half) {
    int split = Arrays.binarySearch(tiles, half);
    int middle = split < 0 ? -split - 1 : split;
    int[] index = new int[tiles.length];
    int[] low = new int[tiles.length];
    int[] high = new int[tiles.length];
    int count = 0;
    int a = 0;
    int b = middle;
    while (a < middle || b < tiles.length) {
      int lowTile = a < middle ? tiles[a] : Integer.MAX_VALUE;
      int highTile = b < tiles.length ? tiles[b] - half : Integer.MAX_VALUE;
      index[count] = Math.min(lowTile, highTile);
      low[count] = lowTile <= highTile ? slots[a++] : -1;
      high[count] = highTile <= lowTile ? slots[b++] : -1;
      count++;
    }
    return new TilePairs(
        Arrays.copyOf(index, count), Arrays.copyOf(low, count), Arrays.copyOf(high, count));
  }

  int count() {
    return index.length;
  }

  /**
   * The slots that bound tiles go to: each to that of its lower half, or of its upper half where
   * that alone is live.
   */
  int[] targets() {
    int[] out = low.clone();
    for (int k = 0; k < out.length; k++) {
      if (out[k] < 0) {
        out[k] = high[k];
      }
    }
    return out;
  }
}
