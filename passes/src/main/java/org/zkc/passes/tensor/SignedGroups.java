package org.zkc.passes.tensor;

import java.util.Arrays;

/**
 * Unknown exponents, of which some are equal, some are each other's negatives, and some are 0. The
 * method is union-find with signs, near linear.
 */
final class SignedGroups {
  /** The exponent 0. */
  static final int ZERO = 0;

  private int[] parents = new int[1 << 10];

  /** The exponent of a group is that of its parent times this. */
  private int[] signs = new int[1 << 10];

  private boolean[] zero = new boolean[1 << 10];
  private boolean[] balanced = new boolean[1 << 10];
  private int count;

  SignedGroups() {
    fresh(1);
    zero[ZERO] = true;
  }

  /** Adds exponents that nothing is known of, and gives the first one's number. */
  int fresh(int number) {
    int first = count;
    count += number;
    if (count > parents.length) {
      int size = Math.max(count, 2 * parents.length);
      parents = Arrays.copyOf(parents, size);
      signs = Arrays.copyOf(signs, size);
      zero = Arrays.copyOf(zero, size);
      balanced = Arrays.copyOf(balanced, size);
    }
    for (int g = first; g < count; g++) {
      parents[g] = g;
      signs[g] = 1;
    }
    return first;
  }

  int count() {
    return count;
  }

  /** The group that stands for all whose exponents follow from one. */
  int root(int group) {
    int root = group;
    int sign = 1;
    while (parents[root] != root) {
      sign *= signs[root];
      root = parents[root];
    }
    for (int at = group; parents[at] != root && at != root; ) {
      int next = parents[at];
      int left = sign * signs[at];
      parents[at] = root;
      signs[at] = sign;
      at = next;
      sign = left;
    }
    return root;
  }

  /** The exponent of the group over that of its root: 1 or -1. */
  int sign(int group) {
    return root(group) == group ? 1 : signs[group];
  }

  /** Makes the exponent of {@code a} that of {@code b} times {@code sign}. */
  void unite(int a, int b, int sign) {
    int rootA = root(a);
    int rootB = root(b);
    int relation = sign(a) * sign(b) * sign;
    if (rootA != rootB) {
      parents[rootA] = rootB;
      signs[rootA] = relation;
      zero[rootB] |= zero[rootA];
      balanced[rootB] |= balanced[rootA];
    } else if (relation < 0) {
      zero[rootA] = true;
    }
  }

  /** Notes that factors of this group meet in a product of two computed values. */
  void balance(int group) {
    balanced[root(group)] = true;
  }

  /** Whether the exponent is certainly 0. */
  boolean isZero(int group) {
    return zero[root(group)];
  }

  /** Whether the exponent is free, and meets others in a product of two computed values. */
  boolean isBalanced(int group) {
    int root = root(group);
    return balanced[root] && !zero[root];
  }
}
