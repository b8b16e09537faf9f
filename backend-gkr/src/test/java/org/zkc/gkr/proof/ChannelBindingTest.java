package org.zkc.gkr.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.zkc.gkr.channel.ReceivingChannel;
import org.zkc.gkr.channel.Section;
import org.zkc.gkr.channel.SendingChannel;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.transcript.Transcript;

/**
 * Whatever a proof says is absorbed before the next challenge: every byte of every message moves
 * it. Sections of a proof are read through {@link ReceivingChannel} and nothing else, so this holds
 * for every message of the protocol.
 */
class ChannelBindingTest {
  private static final long SEED = 31;
  private static final int ELEMENTS = 5;

  private static byte[] message(Random random) {
    byte[] out = new byte[ELEMENTS * Ext.BYTES];
    for (int at = 0; at < out.length; at += Ext.BYTES) {
      Ext x =
          new Ext(
              random.nextInt(M31.P),
              random.nextInt(M31.P),
              random.nextInt(M31.P),
              random.nextInt(M31.P));
      x.write(out, at);
    }
    return out;
  }

  private static ReceivingChannel channel(Section section, byte[] bytes) {
    EnumMap<Section, byte[]> sections = new EnumMap<>(Section.class);
    for (Section s : Section.values()) {
      sections.put(s, s == section ? bytes : new byte[0]);
    }
    return new ReceivingChannel(new Transcript("test"), sections);
  }

  private static Ext challengeAfter(
      Section section, byte[] bytes, Consumer<ReceivingChannel> read) {
    ReceivingChannel in = channel(section, bytes);
    read.accept(in);
    in.finish();
    return in.transcript().challengeExt("next");
  }

  @Test
  void everyByteOfEveryKindOfMessageMovesTheNextChallenge() {
    Random random = new Random(SEED);
    for (Section section : Section.values()) {
      byte[] bytes = message(random);
      bind(section, bytes, in -> in.receive(section, "m", ELEMENTS));
      bind(section, bytes, in -> in.receiveVector(section, "m", ELEMENTS));
      bind(
          section,
          bytes,
          in -> {
            for (int k = 0; k < ELEMENTS; k++) {
              in.receiveOne(section, "m");
            }
          });
    }
  }

  private static void bind(Section section, byte[] bytes, Consumer<ReceivingChannel> read) {
    Ext honest = challengeAfter(section, bytes, read);
    assertEquals(honest, challengeAfter(section, bytes, read));
    for (int at = 0; at < bytes.length; at++) {
      byte[] altered = bytes.clone();
      altered[at] ^= 2;
      String where = "seed " + SEED + " section " + section + " byte " + at;
      assertNotEquals(honest, challengeAfter(section, altered, read), where);
    }
  }

  @Test
  void oneMessageIsNotTwo() {
    byte[] bytes = message(new Random(SEED));
    Section s = Section.RELATIONS;
    Set<Ext> seen = new HashSet<>();
    assertTrue(seen.add(challengeAfter(s, bytes, in -> in.receive(s, "m", ELEMENTS))));
    assertTrue(seen.add(challengeAfter(s, bytes, in -> in.receiveVector(s, "m", ELEMENTS))));
    for (int first = 0; first <= ELEMENTS; first++) {
      int n = first;
      assertTrue(
          seen.add(
              challengeAfter(
                  s,
                  bytes,
                  in -> {
                    in.receive(s, "m", n);
                    in.receive(s, "m", ELEMENTS - n);
                  })),
          "split after " + first);
    }
  }

  @Test
  void whatIsSentIsWhatIsReceived() {
    ExtVector v = ExtVector.of(new Ext(1, 2, 3, 4), new Ext(5, 6, 7, 8));
    SendingChannel out = new SendingChannel(new Transcript("test"));
    out.send(Section.COMBINATIONS, "u", v);
    out.send(Section.COMBINATIONS, "x", Ext.ONE, Ext.ZERO);
    ReceivingChannel in = channel(Section.COMBINATIONS, out.bytes(Section.COMBINATIONS));
    assertEquals(v.get(1), in.receiveVector(Section.COMBINATIONS, "u", 2).get(1));
    assertEquals(Ext.ONE, in.receive(Section.COMBINATIONS, "x", 2)[0]);
    in.finish();
    assertEquals(out.transcript().challengeExt("next"), in.transcript().challengeExt("next"));
  }

  @Test
  void aSecondEncodingOfAResidueIsRefused() {
    // Every residue x has the second 32-bit encoding x + p; for 0 it is p, 7f ff ff ff.
    for (int limb = 0; limb < 4; limb++) {
      for (int residue : new int[] {0, 1, M31.P - 1}) {
        byte[] bytes = new byte[Ext.BYTES];
        int other = residue + M31.P;
        for (int k = 0; k < 4; k++) {
          bytes[4 * limb + k] = (byte) (other >>> 8 * k);
        }
        VerificationFailure e =
            assertThrows(
                VerificationFailure.class,
                () -> channel(Section.LEAVES, bytes).receiveOne(Section.LEAVES, "m"),
                "limb " + limb + " residue " + residue);
        assertTrue(e.getMessage().contains("below 2^31 - 1"), e.getMessage());
      }
    }
  }

  @Test
  void countsNeverReadPastASection() {
    byte[] bytes = message(new Random(SEED));
    for (int count : new int[] {ELEMENTS + 1, 1 << 27, 1 << 28, Integer.MAX_VALUE}) {
      VerificationFailure e =
          assertThrows(
              VerificationFailure.class,
              () -> channel(Section.LOOKUPS, bytes).receive(Section.LOOKUPS, "m", count),
              "count " + count);
      assertTrue(e.getMessage().contains("left in the section"), e.getMessage());
    }
    assertThrows(
        VerificationFailure.class,
        () ->
            channel(Section.LOOKUPS, Arrays.copyOf(bytes, bytes.length - 1))
                .receive(Section.LOOKUPS, "m", ELEMENTS));
  }
}
