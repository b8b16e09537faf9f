package org.zkc.gkr.prove.layered;

import java.util.ArrayList;
import org.zkc.gkr.field.ExtVector;

/**
 * Vectors that one thread's tiles work in, one tile after the other: what a tile leaves there is
 * nobody's. They are made once for all parts and rounds of a layer, and stay in a cache.
 */
final class Scratch {
  private final ArrayList<ExtVector> vectors = new ArrayList<>();
  private int next;

  /** Begins with a tile of its own, which may overwrite those of the tiles before. */
  void restart() {
    next = 0;
  }

  /** A vector that the same tile has not yet been given, of any content. */
  ExtVector vector(int length) {
    if (next == vectors.size()) {
      vectors.add(new ExtVector(length));
    } else if (vectors.get(next).length() < length) {
      vectors.set(next, new ExtVector(length));
    }
    return vectors.get(next++).slice(0, length);
  }
}
