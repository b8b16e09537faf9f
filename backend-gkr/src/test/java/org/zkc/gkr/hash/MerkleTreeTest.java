package org.zkc.gkr.hash;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.zkc.gkr.failure.VerificationFailure;

class MerkleTreeTest {
  private static final long SEED = 3;
  private final Random random = new Random(SEED);

  private Digests leaves(int count) {
    Digests leaves = new Digests(count);
    Arrays.setAll(leaves.words(), k -> random.nextInt());
    return leaves;
  }

  private static Digests pick(Digests leaves, int[] indices) {
    Digests picked = new Digests(indices.length);
    for (int k = 0; k < indices.length; k++) {
      picked.set(k, leaves, indices[k]);
    }
    return picked;
  }

  private static byte[] rootByDefinition(Digests leaves, int start, int stride, int count) {
    if (count == 1) {
      return leaves.get(start);
    }
    // Leaf k and leaf k + half are siblings at the bottom: subtree `start` mod `stride` holds every
    // stride-th leaf.
    byte[] left = rootByDefinition(leaves, start, 2 * stride, count / 2);
    byte[] right = rootByDefinition(leaves, start + stride, 2 * stride, count / 2);
    byte[] both = Arrays.copyOf(left, 64);
    System.arraycopy(right, 0, both, 32, 32);
    return ColumnHasherTest.keyed("zkc merkle node v1", both);
  }

  @Test
  void theRootIsTheNestedKeyedHash() {
    for (int count = 1; count <= 64; count *= 2) {
      Digests leaves = leaves(count);
      assertArrayEquals(
          rootByDefinition(leaves, 0, 1, count), MerkleTree.of(leaves).root(), "leaves " + count);
      assertArrayEquals(
          MerkleTree.of(leaves).root(), MerkleTree.of(leaves, new ScalarCompression()).root());
    }
  }

  @Test
  void everySetOfLeavesVerifies() {
    Digests leaves = leaves(8);
    MerkleTree tree = MerkleTree.of(leaves);
    for (int set = 1; set < 256; set++) {
      int subset = set;
      int[] indices = IntStream.range(0, 8).filter(k -> (subset >> k & 1) != 0).toArray();
      byte[] proof = tree.multiproof(indices);
      assertEquals(32 * MerkleTree.proofNodes(indices, 8), proof.length);
      MerkleTree.verify("test", tree.root(), 8, indices, pick(leaves, indices), proof);
    }
    assertEquals(0, tree.multiproof(new int[] {0, 1, 2, 3, 4, 5, 6, 7}).length);
  }

  @Test
  void alteredProofsAreRejected() {
    Digests leaves = leaves(32);
    MerkleTree tree = MerkleTree.of(leaves);
    int[] indices = {1, 4, 17, 30};
    byte[] proof = tree.multiproof(indices);
    byte[] root = tree.root();
    for (int bit = 0; bit < 8 * proof.length; bit += 37) {
      byte[] altered = proof.clone();
      altered[bit / 8] ^= (byte) (1 << bit % 8);
      assertRejected(root, indices, pick(leaves, indices), altered, "bit " + bit);
    }
    assertRejected(
        root,
        indices,
        pick(leaves, indices),
        Arrays.copyOf(proof, proof.length - 32),
        "a node missing");
    assertRejected(
        root,
        indices,
        pick(leaves, indices),
        Arrays.copyOf(proof, proof.length + 32),
        "a node too many");
    assertRejected(root, indices, pick(leaves, new int[] {1, 4, 17, 29}), proof, "another leaf");
    assertRejected(root, new int[] {1, 4, 17, 31}, pick(leaves, indices), proof, "another index");
    assertRejected(root, indices, pick(leaves, new int[] {1, 4, 17}), proof, "a leaf missing");
  }

  private static void assertRejected(
      byte[] root, int[] indices, Digests leaves, byte[] proof, String change) {
    VerificationFailure failure =
        assertThrows(
            VerificationFailure.class,
            () -> MerkleTree.verify("test", root, 32, indices, leaves, proof),
            change);
    assertTrue(failure.where().startsWith("test"));
  }

  @Test
  void aLeafThatIsANodeDoesNotVerifyAsOne() {
    // The tree of the parents has the same root; its leaves are another tree's nodes, told apart by
    // length.
    Digests leaves = leaves(4);
    MerkleTree tree = MerkleTree.of(leaves);
    Digests nodes = new Digests(2);
    for (int k = 0; k < 2; k++) {
      byte[] both = Arrays.copyOf(leaves.get(k), 64);
      System.arraycopy(leaves.get(k + 2), 0, both, 32, 32);
      nodes.set(k, ColumnHasherTest.keyed("zkc merkle node v1", both), 0);
    }
    int[] first = {0};
    byte[] shortProof = nodes.get(1);
    assertThrows(
        VerificationFailure.class,
        () -> MerkleTree.verify("test", tree.root(), 4, first, pick(nodes, first), shortProof));
  }

  @Test
  void indicesMustAscend() {
    MerkleTree tree = MerkleTree.of(leaves(8));
    for (int[] bad : new int[][] {{}, {3, 3}, {4, 2}, {8}, {-1}}) {
      assertThrows(IllegalArgumentException.class, () -> tree.multiproof(bad));
    }
    assertThrows(IllegalArgumentException.class, () -> MerkleTree.of(new Digests(6)));
  }
}
