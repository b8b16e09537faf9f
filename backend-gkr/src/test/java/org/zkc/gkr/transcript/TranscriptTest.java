package org.zkc.gkr.transcript;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;

class TranscriptTest {
  private static Ext after(Consumer<Transcript> operations) {
    Transcript t = new Transcript("test");
    operations.accept(t);
    return t.challengeExt("c");
  }

  @Test
  void sequencesThatDifferGiveChallengesThatDiffer() {
    Ext x = new Ext(5, 0, 0, 0);
    List<Consumer<Transcript>> sequences =
        List.of(
            t -> {},
            t -> t.absorb("a", new byte[0]),
            t -> t.absorb("a", new int[0]),
            t -> t.absorb("a", 5, 7),
            t -> t.absorb("a", 5, 7, 0),
            t -> t.absorb("a", new byte[] {5, 0, 0, 0, 7, 0, 0, 0}),
            t -> t.absorb("b", 5, 7),
            t -> t.absorb("a5", 7),
            t -> {
              t.absorb("a", 5);
              t.absorb("a", 7);
            },
            t -> t.absorb("a", x),
            t -> t.absorb("a", 5, 0, 0, 0),
            t -> t.absorb("a", ExtVector.of(x)),
            t -> t.absorb("a", x, Ext.ZERO),
            t -> t.absorb("a", ExtVector.of(x, Ext.ZERO)),
            t -> t.challengeExt("c"),
            t -> t.challengeExts("c", 2),
            t -> t.challengeIndices("c", 1, 8),
            t -> t.challengeIndices("c", 1, 9),
            t -> t.grind("g", 0),
            t -> t.grind("g", 1));
    Set<Ext> seen = new HashSet<>();
    for (int k = 0; k < sequences.size(); k++) {
      assertTrue(seen.add(after(sequences.get(k))), "sequence " + k + " collides");
    }
    assertNotEquals(new Transcript("x").challengeExt("c"), new Transcript("y").challengeExt("c"));
  }

  @Test
  void bothSidesDrawTheSame() {
    Consumer<Transcript> operations =
        t -> {
          t.absorb("text", "statement".getBytes(StandardCharsets.UTF_8));
          t.absorb("v", ExtVector.of(Ext.ONE, new Ext(1, 2, 3, 4)).slice(1, 1));
          t.challengeIndices("q", 100, 1000);
        };
    assertEquals(after(operations), after(operations));
    assertEquals(
        after(t -> t.absorb("v", ExtVector.of(new Ext(1, 2, 3, 4)))),
        after(t -> t.absorb("v", ExtVector.of(Ext.ONE, new Ext(1, 2, 3, 4)).slice(1, 1))),
        "a view is absorbed as its elements");
  }

  @Test
  void severalChallengesDifferAndLaterOnesDependOnEarlierDraws() {
    Transcript t = new Transcript("test");
    Ext[] drawn = t.challengeExts("c", 100);
    assertEquals(100, new HashSet<>(Arrays.asList(drawn)).size());
    assertNotEquals(t.challengeExt("c"), t.challengeExt("c"));
  }

  @Test
  void indicesAreInRangeAndSpread() {
    int[] drawn = new Transcript("test").challengeIndices("q", 3000, 3);
    int[] count = new int[3];
    for (int q : drawn) {
      count[q]++;
    }
    for (int c : count) {
      assertTrue(c > 900 && c < 1100, Arrays.toString(count));
    }
    assertArrayEquals(new int[] {0, 0}, new Transcript("test").challengeIndices("q", 2, 1));
    assertThrows(
        IllegalArgumentException.class, () -> new Transcript("test").challengeIndices("q", 1, 0));
  }

  @Test
  void grindingShowsWork() {
    Transcript prover = new Transcript("test");
    long nonce = prover.grind("work", 10);
    Transcript verifier = new Transcript("test");
    verifier.checkGrind("work", 10, nonce);
    assertEquals(prover.challengeExt("c"), verifier.challengeExt("c"));
    int rejected = 0;
    for (long other = nonce + 1; other <= nonce + 50; other++) {
      long candidate = other;
      try {
        new Transcript("test").checkGrind("work", 10, candidate);
      } catch (VerificationFailure expected) {
        rejected++;
      }
    }
    assertTrue(rejected >= 48, "of 50 other nonces, rejected " + rejected);
    for (long earlier = 0; earlier < nonce; earlier++) {
      long candidate = earlier;
      assertThrows(
          VerificationFailure.class,
          () -> new Transcript("test").checkGrind("work", 10, candidate));
    }
  }

  @Test
  void grindingBitsAreIntegersBelow32() {
    for (int bits : new int[] {-1, 32, 64}) {
      assertThrows(
          IllegalArgumentException.class, () -> new Transcript("test").grind("work", bits));
      assertThrows(
          IllegalArgumentException.class, () -> new Transcript("test").checkGrind("work", bits, 0));
    }
  }
}
