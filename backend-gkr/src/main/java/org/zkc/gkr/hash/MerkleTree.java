package org.zkc.gkr.hash;

import java.util.Arrays;
import java.util.HexFormat;
import org.zkc.gkr.failure.VerificationFailure;

/**
 * A Merkle tree over 2^d digests. Node k of a level of m nodes has the children k and k + m of the
 * level below it (2m nodes): children lie in the two halves, as variables of tables do, so that
 * whole levels are hashed with contiguous loads. An inner node is BLAKE3 in keyed mode, under the
 * key of nodes, of its two children's 64 bytes.
 *
 * <p>A multiproof holds, level by level from the leaves, in ascending order of their parents, the
 * digests of those siblings that the opened leaves do not give. Its length follows from the
 * indices; any other length is rejected.
 */
public final class MerkleTree {
  static final int[] NODE_KEY = Blake3.key("zkc merkle node v1");

  /** levels[0] are the leaves, the last level is the root. */
  private final Digests[] levels;

  private MerkleTree(Digests[] levels) {
    this.levels = levels;
  }

  /** The tree over these leaves, a power of two of them; keeps them. */
  public static MerkleTree of(Digests leaves) {
    return of(leaves, Compression.best());
  }

  static MerkleTree of(Digests leaves, Compression compression) {
    int depth = depth(leaves.count());
    Digests[] levels = new Digests[depth + 1];
    levels[0] = leaves;
    for (int level = 1; level <= depth; level++) {
      levels[level] = parents(levels[level - 1], compression);
    }
    return new MerkleTree(levels);
  }

  private static int depth(int leafCount) {
    if (Integer.bitCount(leafCount) != 1) {
      throw new IllegalArgumentException(leafCount + " leaves, not a power of two");
    }
    return Integer.numberOfTrailingZeros(leafCount);
  }

  // Parent k of children k and k + half: message words 0..7 are the left digest, 8..15 the right
  // one.
  private static Digests parents(Digests children, Compression compression) {
    int half = children.count() / 2;
    int[] source = children.words();
    int[] message = new int[source.length];
    for (int j = 0; j < Blake3.DIGEST_WORDS; j++) {
      System.arraycopy(source, 2 * half * j, message, half * j, half);
      System.arraycopy(
          source, 2 * half * j + half, message, half * (j + Blake3.DIGEST_WORDS), half);
    }
    return compressNodes(message, half, compression);
  }

  private static Digests compressNodes(int[] message, int count, Compression compression) {
    Digests out = new Digests(count);
    int[] chaining = out.words();
    for (int k = 0; k < chaining.length; k++) {
      chaining[k] = NODE_KEY[k / count];
    }
    int flags = Blake3.KEYED_HASH | Blake3.CHUNK_START | Blake3.CHUNK_END | Blake3.ROOT;
    compression.compress(
        chaining, 0, count, message, 0, count, count, 0, Blake3.BLOCK_BYTES, flags);
    return out;
  }

  public int leafCount() {
    return levels[0].count();
  }

  public Digests leaves() {
    return levels[0];
  }

  public byte[] root() {
    return levels[levels.length - 1].get(0);
  }

  /**
   * The multiproof of these leaves.
   *
   * @param indices ascending, distinct, at least one
   */
  public byte[] multiproof(int[] indices) {
    requireAscending(indices, leafCount());
    byte[] out = new byte[Digests.BYTES * proofNodes(indices, leafCount())];
    int at = 0;
    int[] open = indices;
    for (int level = 0; level + 1 < levels.length; level++) {
      int half = levels[level].count() / 2;
      int[] next = parents(open, half);
      int left = 0;
      int right = firstAtLeast(open, half);
      for (int parent : next) {
        // At least one of a parent's children is open.
        boolean hasLeft = left < open.length && open[left] == parent;
        boolean hasRight = right < open.length && open[right] == parent + half;
        left += hasLeft ? 1 : 0;
        right += hasRight ? 1 : 0;
        if (!(hasLeft && hasRight)) {
          levels[level].write(hasLeft ? parent + half : parent, out, at);
          at += Digests.BYTES;
        }
      }
      open = next;
    }
    return out;
  }

  /**
   * The number of digests in a multiproof of ascending, distinct {@code indices} among {@code
   * leafCount} leaves.
   */
  public static int proofNodes(int[] indices, int leafCount) {
    int nodes = 0;
    int[] open = indices;
    for (int half = leafCount / 2; half >= 1; half /= 2) {
      int[] next = parents(open, half);
      nodes += 2 * next.length - open.length;
      open = next;
    }
    return nodes;
  }

  /**
   * Checks opened leaves against a root.
   *
   * @param leafCount a power of two
   * @param indices ascending and distinct, at least one
   * @param leaves digest k is that of leaf indices[k]
   * @throws VerificationFailure when the proof has the wrong length or leads to another root
   */
  public static void verify(
      String where, byte[] root, int leafCount, int[] indices, Digests leaves, byte[] multiproof) {
    depth(leafCount);
    requireAscending(indices, leafCount);
    VerificationFailure.requireCount(where + " opened leaves", indices.length, leaves.count());
    VerificationFailure.requireCount(
        where + " Merkle proof bytes",
        (long) Digests.BYTES * proofNodes(indices, leafCount),
        multiproof.length);
    int at = 0;
    int[] open = indices;
    Digests known = leaves;
    for (int half = leafCount / 2; half >= 1; half /= 2) {
      int[] next = parents(open, half);
      Digests left = new Digests(next.length);
      Digests right = new Digests(next.length);
      int leftOpen = 0;
      int rightOpen = firstAtLeast(open, half);
      for (int k = 0; k < next.length; k++) {
        boolean hasLeft = leftOpen < open.length && open[leftOpen] == next[k];
        boolean hasRight = rightOpen < open.length && open[rightOpen] == next[k] + half;
        if (hasLeft) {
          left.set(k, known, leftOpen++);
        }
        if (hasRight) {
          right.set(k, known, rightOpen++);
        }
        if (!(hasLeft && hasRight)) {
          (hasLeft ? right : left).set(k, multiproof, at);
          at += Digests.BYTES;
        }
      }
      int[] message = new int[2 * Blake3.DIGEST_WORDS * next.length];
      System.arraycopy(left.words(), 0, message, 0, left.words().length);
      System.arraycopy(right.words(), 0, message, left.words().length, right.words().length);
      known = compressNodes(message, next.length, Compression.best());
      open = next;
    }
    byte[] computed = known.get(0);
    if (!Arrays.equals(computed, root)) {
      throw new VerificationFailure(where + " Merkle root", hex(root), hex(computed));
    }
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  /** The parents of ascending nodes, ascending: children k and half + k have parent k. */
  private static int[] parents(int[] open, int half) {
    int[] out = new int[open.length];
    int count = 0;
    int left = 0;
    int right = firstAtLeast(open, half);
    int end = right;
    while (left < end || right < open.length) {
      int fromLeft = left < end ? open[left] : half;
      int fromRight = right < open.length ? open[right] - half : half;
      left += fromLeft <= fromRight ? 1 : 0;
      right += fromRight <= fromLeft ? 1 : 0;
      out[count++] = Math.min(fromLeft, fromRight);
    }
    return Arrays.copyOf(out, count);
  }

  /** The place of the first of ascending nodes that is not below {@code bound}. */
  private static int firstAtLeast(int[] open, int bound) {
    int found = Arrays.binarySearch(open, bound);
    return found >= 0 ? found : -found - 1;
  }

  private static void requireAscending(int[] indices, int leafCount) {
    if (indices.length == 0) {
      throw new IllegalArgumentException("no leaf to open");
    }
    for (int k = 0; k < indices.length; k++) {
      if (indices[k] < 0 || indices[k] >= leafCount || k > 0 && indices[k] <= indices[k - 1]) {
        throw new IllegalArgumentException(
            "leaf indices are not ascending in [0, " + leafCount + "): " + indices[k]);
      }
    }
  }
}
