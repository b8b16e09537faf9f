package org.zkc.gkr.prove.layered;

/**
 * The place of a wire of a copy in a register's table: copies are grouped into runs of {@code run},
 * and a table has for each group its wires, and for each wire the copies of the group. So registers
 * are worked on as whole arrays, a wire is chosen by moving runs, and the highest variables of the
 * copies split a table into halves.
 *
 * @param groups a power of two
 * @param run a power of two
 */
record CopyOrder(int groups, int run) {
  /** The elements that a run of the widest register should have, so that a few fit the cache. */
  private static final int NEAR = 2048;

  private static final int LONGEST = 64;
  private static final int SHORTEST = 16;

  /** The order for 2^variables copies of registers of at most {@code widest} wires. */
  static CopyOrder of(int variables, int widest) {
    int run = Math.clamp(Integer.highestOneBit(NEAR / Math.min(NEAR, widest)), SHORTEST, LONGEST);
    int copies = 1 << variables;
    return copies < 2 * run ? new CopyOrder(copies, 1) : new CopyOrder(copies / run, run);
  }

  int copies() {
    return groups * run;
  }

  /** Whether a table is cut into quarters between runs. */
  boolean hasQuarters() {
    return groups >= 4 && run > 1;
  }

  /** The place of copy 0 of a run. */
  int at(int group, int width, int wire) {
    return (group * width + wire) * run;
  }

  /** After the highest variable of the copies is bound. */
  CopyOrder half() {
    return new CopyOrder(groups / 2, run);
  }
}
