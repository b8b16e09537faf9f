package org.zkc.runtime.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.zkc.runtime.artifact.Layer;

/**
 * The places of a network's layers at one level of the program. A layer that has operations of its
 * own is found there. One that was merged is found with the layer that carries its integers. A view
 * has no operations; it is found with the nearest layer that reads it, else with the layer that it
 * reads.
 */
final class Carriers {
  private final int[] carrier;

  /**
   * @param layers by number, the first is 1
   * @param present numbers of the layers that have operations at this level
   */
  Carriers(List<Layer> layers, Set<Integer> present) {
    carrier = new int[layers.size() + 1];
    for (int n = layers.size(); n > 0; n--) {
      int merged = layers.get(n - 1).carrier();
      carrier[n] = present.contains(n) ? n : present.contains(merged) ? merged : carrier[n];
      // Later layers that read this one were visited before: theirs is noted here if it has none.
      for (int source : layers.get(n - 1).inputs()) {
        if (carrier[n] != 0) {
          carrier[source] = carrier[n];
        }
      }
    }
    for (int n = 1; n <= layers.size(); n++) {
      for (int source : layers.get(n - 1).inputs()) {
        if (carrier[n] == 0) {
          carrier[n] = carrier[source];
        }
      }
    }
  }

  /** The layer with whose operations this one is found; 0 when it left no trace. */
  int of(int layer) {
    return carrier[layer];
  }

  /** The layers that are found with the operations of this one. */
  List<Integer> carriedBy(int layer) {
    List<Integer> out = new ArrayList<>();
    for (int n = 1; layer != 0 && n < carrier.length; n++) {
      if (carrier[n] == layer) {
        out.add(n);
      }
    }
    return out;
  }
}
