package org.zkc.runtime.bench;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.kernel.Kernels;
import org.zkc.passes.cost.Work;

/**
 * The time below which no proof by these protocols falls on this machine and one thread: the
 * products of F that its sumchecks, folds and codes consist of, at the rate at which products of E
 * are added up in the first-level cache. Hashing, memory and the integer program come on top.
 */
final class MultiplierBound {
  private static final int ELEMENTS = 512;
  private static final int REPEATS = 200;
  private static final int TRIES = 50;

  /** Products of F in a product of E. */
  private static final int IN_A_PRODUCT_OF_E = 16;

  /**
   * Products of F of a unit of work. A leaf of a fraction tree: 2 products of E while the tree is
   * built, 6 in the messages of its layers and 6 while their tables are bound, all layers together.
   * A committed cell: half a butterfly for each of 12 layers of 4 symbols. A cell of the batch: its
   * weight, its share of the messages and of the row combination. A parameter: one product with an
   * element of E.
   */
  private static final Map<Work, Integer> PRODUCTS =
      new EnumMap<>(
          Map.of(
              Work.LEAF, 14 * IN_A_PRODUCT_OF_E,
              Work.ENCODED_CELL, 24,
              Work.BATCHED_CELL, 28,
              Work.FOLDED_PARAMETER, 4));

  private MultiplierBound() {}

  /**
   * Seconds of a proof.
   *
   * @param work amounts by {@link Work#label}
   */
  static double seconds(Map<String, Double> work) {
    double products = 0;
    for (Map.Entry<Work, Integer> e : PRODUCTS.entrySet()) {
      products += e.getValue() * work.getOrDefault(e.getKey().label(), 0.0);
    }
    return products * Rate.NANOSECONDS / 1e9;
  }

  /** Measured once in a process that is warm. */
  private static final class Rate {
    static final double NANOSECONDS = measure();

    private static double measure() {
      ExtVector a = new ExtVector(ELEMENTS);
      for (int limb = 0; limb < 4; limb++) {
        int factor = 7919 + limb;
        Arrays.setAll(a.limb(limb), k -> M31.fromSigned((long) factor * k * k));
      }
      long best = Long.MAX_VALUE;
      for (int run = 0; run < TRIES; run++) {
        long start = System.nanoTime();
        for (int k = 0; k < REPEATS; k++) {
          Kernels.best().dot(a, a);
        }
        best = Math.min(best, System.nanoTime() - start);
      }
      return (double) best / (REPEATS * ELEMENTS * IN_A_PRODUCT_OF_E);
    }
  }
}
