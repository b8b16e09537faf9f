package org.zkc.gkr.prove.fraction;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zkc.gkr.channel.ReceivingChannel;
import org.zkc.gkr.channel.Section;
import org.zkc.gkr.channel.SendingChannel;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.RandomElements;
import org.zkc.gkr.kernel.FractionTile;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.lookup.LogupVerifier;
import org.zkc.gkr.mle.Mle;
import org.zkc.gkr.prove.sumcheck.TableMemory;
import org.zkc.gkr.prove.sumcheck.UnitLeaves;
import org.zkc.gkr.transcript.Transcript;

/** Fraction trees of all kinds of leaves, against the verifier and against each other. */
class FractionTreeTest {
  private static final int TILE = FractionTile.SIZE;

  /**
   * Leaves 1 / (c - a - beta b), held here so that they can be compared. The constant of every live
   * tile is one of two or its own; a tile in three has b.
   */
  private record Held(
      int variables, int[] tiles, Ext factor, Ext[] constants, int[][] first, int[][] second)
      implements UnitLeaves {
    @Override
    public Reader reader() {
      return new Reader() {
        @Override
        public Ext constant(int slot) {
          return constants[slot];
        }

        @Override
        public boolean read(int slot, int[] a, int[] b, int at) {
          System.arraycopy(first[slot], 0, a, at, 2 * TILE);
          System.arraycopy(second[slot], 0, b, at, second[slot].length);
          return second[slot].length > 0;
        }
      };
    }

    /** The denominators. */
    ExtVector q() {
      ExtVector q = new ExtVector(2 << variables);
      q.fill(Ext.ONE);
      for (int slot = 0; slot < tiles.length; slot++) {
        for (int k = 0; k < 2 * TILE; k++) {
          Ext value = constants[slot].sub(Ext.of(first[slot][k]));
          if (second[slot].length > 0) {
            value = value.sub(factor.mulBase(second[slot][k]));
          }
          q.set(2 * tiles[slot] * TILE + k, value);
        }
      }
      return q;
    }

    /** 1 on what is live, 0 elsewhere. */
    ExtVector p() {
      ExtVector p = new ExtVector(2 << variables);
      for (int t : tiles) {
        p.slice(2 * t * TILE, 2 * TILE).fill(Ext.ONE);
      }
      return p;
    }
  }

  private static Held leaves(int variables, long seed, double share) {
    Random random = new Random(seed);
    int[] tiles = new int[1 << variables - FractionTile.VARIABLES];
    int count = 0;
    for (int t = 0; t < tiles.length; t++) {
      // Gaps of single tiles in the first half, one long gap in the second.
      boolean gap = t < tiles.length / 2 ? random.nextDouble() > share : t > tiles.length * 3 / 4;
      if (!gap) {
        tiles[count++] = t;
      }
    }
    tiles = Arrays.copyOf(tiles, count);
    RandomElements elements = new RandomElements(seed);
    Ext[] common = elements.elements(2);
    Ext[] constants = new Ext[count];
    int[][] first = new int[count][];
    int[][] second = new int[count][];
    for (int slot = 0; slot < count; slot++) {
      int kind = random.nextInt(8);
      constants[slot] = kind == 0 ? elements.element() : common[tiles[slot] / 16 % 2];
      first[slot] = elements.residues(2 * TILE);
      second[slot] = kind < 6 && tiles[slot] / 8 % 3 > 0 ? new int[0] : elements.residues(2 * TILE);
    }
    return new Held(variables, tiles, elements.element(), constants, first, second);
  }

  private record Proved(byte[] bytes, Ext[] root, Ext[] point) {}

  private static Proved prove(FractionTree tree) {
    SendingChannel out = new SendingChannel(new Transcript("tree"));
    Ext[] point = tree.prove(out, "test");
    return new Proved(out.bytes(Section.LOOKUPS), tree.root(), point);
  }

  private static LogupVerifier.Leaves verify(byte[] bytes, int variables, Ext[] root) {
    EnumMap<Section, byte[]> sections = new EnumMap<>(Section.class);
    for (Section s : Section.values()) {
      sections.put(s, s == Section.LOOKUPS ? bytes : new byte[0]);
    }
    ReceivingChannel in = new ReceivingChannel(new Transcript("tree"), sections);
    LogupVerifier.Leaves leaves = LogupVerifier.verify(in, "test", variables, root[0], root[1]);
    in.finish();
    return leaves;
  }

  private static void check(Proved proved, int variables, ExtVector p, ExtVector q) {
    LogupVerifier.Leaves leaves = verify(proved.bytes(), variables, proved.root());
    assertArrayEquals(leaves.point(), proved.point());
    assertEquals(Mle.evaluate(p, leaves.point()), leaves.numerator());
    assertEquals(Mle.evaluate(q, leaves.point()), leaves.denominator());
  }

  private static Ext sum(ExtVector p, ExtVector q) {
    Ext sum = Ext.ZERO;
    for (int k = 0; k < p.length(); k++) {
      if (!p.get(k).isZero()) {
        sum = sum.add(p.get(k).mul(q.get(k).inv()));
      }
    }
    return sum;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 7, 8, 9, 10, 12, 17, 18})
  void anyFractions(int variables) {
    RandomElements random = new RandomElements(variables);
    ExtVector p = ExtVector.of(random.elements(1 << variables));
    ExtVector q = ExtVector.of(random.elements(1 << variables));
    for (int k = 0; k < q.length(); k++) {
      if (q.get(k).isZero()) {
        q.set(k, Ext.ONE);
      }
    }
    Proved proved = prove(new FractionTree(p.copy(), q.copy(), variables, Workers.callerOnly()));
    assertEquals(sum(p, q), proved.root()[0].mul(proved.root()[1].inv()), random.seed());
    check(proved, variables, p, q);
  }

  /** Leaves that are computed anew and gaps that nobody touches give the same bytes. */
  @ParameterizedTest
  @ValueSource(ints = {17, 18, 19})
  void unitLeavesWithGaps(int variables) {
    for (double share : new double[] {0.3, 1}) {
      Held leaves = leaves(variables, 100 + variables, share);
      Proved held =
          prove(new FractionTree(leaves.p(), leaves.q(), variables + 1, Workers.callerOnly()));
      // What the memory has held before makes no difference.
      TableMemory tableMemory = new TableMemory();
      tableMemory.take(1 << variables + 2).fill(Ext.of(3));
      Proved read = prove(new FractionTree(leaves, tableMemory, Workers.callerOnly()));
      assertArrayEquals(held.root(), read.root());
      assertArrayEquals(held.bytes(), read.bytes());
      check(read, variables + 1, leaves.p(), leaves.q());
      try (Workers workers = Workers.of(3)) {
        assertArrayEquals(
            held.bytes(), prove(new FractionTree(leaves, tableMemory, workers)).bytes());
      }
    }
  }

  @Test
  void everyElementOfALayerMatters() {
    int variables = 11;
    RandomElements random = new RandomElements(4);
    ExtVector p = ExtVector.of(random.elements(1 << variables));
    ExtVector q = ExtVector.of(random.elements(1 << variables));
    Proved proved = prove(new FractionTree(p.copy(), q.copy(), variables, Workers.callerOnly()));
    verify(proved.bytes(), variables, proved.root());
    for (int at = 0; at < proved.bytes().length; at += Ext.BYTES) {
      byte[] altered = proved.bytes().clone();
      Ext.read(altered, at).add(Ext.ONE).write(altered, at);
      VerificationFailure e =
          assertThrows(
              VerificationFailure.class,
              () -> verify(altered, variables, proved.root()),
              "element " + at / Ext.BYTES);
      assertTrue(e.getMessage().startsWith("test layer"), e.getMessage());
    }
    Ext[] root = {proved.root()[0].add(Ext.ONE), proved.root()[1]};
    assertThrows(VerificationFailure.class, () -> verify(proved.bytes(), variables, root));
  }

  /** A section of these elements. */
  private static byte[] section(Ext... ends) {
    byte[] bytes = new byte[ends.length * Ext.BYTES];
    for (int k = 0; k < ends.length; k++) {
      ends[k].write(bytes, k * Ext.BYTES);
    }
    return bytes;
  }

  /** Numerator and denominator are joined by a challenge: no combination known before will do. */
  @Test
  void aRootThatAgreesInAKnownCombination() {
    RandomElements random = new RandomElements(5);
    Ext[] v = random.elements(4);
    Ext p = v[0].mul(v[3]).add(v[2].mul(v[1]));
    Ext q = v[1].mul(v[3]);
    verify(section(v), 1, new Ext[] {p, q});
    Ext more = random.element();
    for (int lambda = -3; lambda <= 3; lambda++) {
      // lambda p + q is that of the right root.
      Ext[] root = {p.add(more), q.sub(more.mul(Ext.ofSigned(lambda)))};
      VerificationFailure e =
          assertThrows(VerificationFailure.class, () -> verify(section(v), 1, root));
      assertTrue(e.getMessage().startsWith("test layer 0"), e.getMessage());
    }
  }

  /** The siblings are joined at a point that is drawn when both are known. */
  @Test
  void theSiblingsCoordinateDependsOnThem() {
    RandomElements random = new RandomElements(6);
    Ext[] v = random.elements(4);
    Ext[] root = {v[0].mul(v[3]).add(v[2].mul(v[1])), v[1].mul(v[3])};
    LogupVerifier.Leaves leaves = verify(section(v), 1, root);
    // Exchanged they have the same sum.
    LogupVerifier.Leaves other = verify(section(v[2], v[3], v[0], v[1]), 1, root);
    assertNotEquals(leaves.point()[0], other.point()[0], random.seed());
    assertEquals(v[0].add(leaves.point()[0].mul(v[2].sub(v[0]))), leaves.numerator());
  }
}
