package org.zkc.gkr.kernel;

import jdk.incubator.vector.IntVector;

/** Loaded only when the vector module is there. */
final class LaneCount {
  private LaneCount() {}

  static int intLanes() {
    return IntVector.SPECIES_PREFERRED.length();
  }
}
