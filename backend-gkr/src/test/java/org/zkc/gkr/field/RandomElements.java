package org.zkc.gkr.field;

import java.util.Random;

/** Seeded elements for tests; every third limb or so is at an edge of the representation. */
public final class RandomElements {
  private final long seed;
  private final Random random;

  public RandomElements(long seed) {
    this.seed = seed;
    this.random = new Random(seed);
  }

  public int residue() {
    return switch (random.nextInt(6)) {
      case 0 -> 0;
      case 1 -> M31.P - 1;
      default -> random.nextInt(M31.P);
    };
  }

  public int[] residues(int count) {
    int[] out = new int[count];
    for (int k = 0; k < count; k++) {
      out[k] = residue();
    }
    return out;
  }

  public Ext element() {
    return new Ext(residue(), residue(), residue(), residue());
  }

  public Ext[] elements(int count) {
    Ext[] out = new Ext[count];
    for (int k = 0; k < count; k++) {
      out[k] = element();
    }
    return out;
  }

  public ExtVector vector(int count) {
    return ExtVector.of(elements(count));
  }

  public int below(int bound) {
    return random.nextInt(bound);
  }

  /** For failure messages. */
  public String seed() {
    return "seed " + seed;
  }
}
