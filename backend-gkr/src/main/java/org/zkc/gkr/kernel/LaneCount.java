package org.zkc.gkr.kernel;

import jdk.incubator.vector.IntVector;

/** The lanes of a vector, in a class that is loaded only when the vector module is present. */
final class LaneCount {
  private LaneCount() {}

  static int intLanes() {
    return IntVector.SPECIES_PREFERRED.length();
  }
}
