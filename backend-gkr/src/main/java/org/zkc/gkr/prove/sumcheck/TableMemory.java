package org.zkc.gkr.prove.sumcheck;

import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.FractionTile;

/**
 * Memory for the large tables of a proof's steps, one step after the other. It is allocated once:
 * tables in arrays of their own were copied by the collector, made zero and touched for the first
 * time, all of which one thread does while the others wait.
 */
public final class TableMemory {
  /** Elements after which the next limb's array begins at another quarter of a page. */
  private static final int STAGGER = FractionTile.SIZE - 4;

  private ExtVector memory = new ExtVector(0);

  /** At least {@code least} elements of any content, for the caller until another one asks. */
  public ExtVector take(int least) {
    if (memory.length() < least) {
      memory = new ExtVector(Math.addExact(least, STAGGER)).slice(0, least);
    }
    return memory;
  }
}
