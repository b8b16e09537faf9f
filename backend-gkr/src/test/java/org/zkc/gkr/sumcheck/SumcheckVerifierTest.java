package org.zkc.gkr.sumcheck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumMap;
import org.junit.jupiter.api.Test;
import org.zkc.gkr.channel.ReceivingChannel;
import org.zkc.gkr.channel.Section;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.RandomElements;
import org.zkc.gkr.transcript.Transcript;

/** The verifier alone, on messages of any prover. */
class SumcheckVerifierTest {
  private static final int ROUNDS = 4;
  private static final int DEGREE = 2;

  private final RandomElements random = new RandomElements(12);

  private interface Sumcheck {
    SumcheckVerifier.Ending run(ReceivingChannel in);
  }

  private static SumcheckVerifier.Ending run(Sumcheck sumcheck, Ext[] messages) {
    byte[] bytes = new byte[messages.length * Ext.BYTES];
    for (int k = 0; k < messages.length; k++) {
      messages[k].write(bytes, k * Ext.BYTES);
    }
    EnumMap<Section, byte[]> sections = new EnumMap<>(Section.class);
    sections.put(Section.RELATIONS, bytes);
    return sumcheck.run(new ReceivingChannel(new Transcript("sumcheck"), sections));
  }

  /** Every coordinate is drawn when its round's message is known, and those before it. */
  private void pointsDependOnMessages(Sumcheck sumcheck) {
    Ext[] messages = random.elements(ROUNDS * DEGREE);
    SumcheckVerifier.Ending end = run(sumcheck, messages);
    for (int k = 0; k < messages.length; k++) {
      Ext[] altered = messages.clone();
      altered[k] = altered[k].add(Ext.ONE);
      SumcheckVerifier.Ending other = run(sumcheck, altered);
      for (int j = 0; j < ROUNDS; j++) {
        String at = "message " + k + ", coordinate " + j + ", " + random.seed();
        if (j < k / DEGREE) {
          assertEquals(end.point()[j], other.point()[j], at);
        } else {
          assertNotEquals(end.point()[j], other.point()[j], at);
        }
      }
      assertNotEquals(end.value(), other.value(), "message " + k + ", " + random.seed());
    }
  }

  @Test
  void everyCoordinateIsDrawnAfterItsMessage() {
    Ext claim = random.element();
    Ext[] z = random.elements(ROUNDS);
    pointsDependOnMessages(
        in -> SumcheckVerifier.plain(in, Section.RELATIONS, "test", claim, ROUNDS, DEGREE));
    pointsDependOnMessages(
        in -> SumcheckVerifier.split(in, Section.RELATIONS, "test", claim, z, DEGREE));
  }

  /** The ending is the claim carried through the messages: it moves with the claim. */
  @Test
  void theClaimIsCarriedToTheEnding() {
    Ext[] messages = random.elements(ROUNDS * DEGREE);
    Ext[] z = random.elements(ROUNDS);
    Ext claim = random.element();
    for (boolean split : new boolean[] {false, true}) {
      Ext[] values = new Ext[2];
      for (int k = 0; k < 2; k++) {
        Ext of = k == 0 ? claim : claim.add(Ext.ONE);
        values[k] =
            run(
                    in ->
                        split
                            ? SumcheckVerifier.split(in, Section.RELATIONS, "test", of, z, DEGREE)
                            : SumcheckVerifier.plain(
                                in, Section.RELATIONS, "test", of, ROUNDS, DEGREE),
                    messages)
                .value();
      }
      assertNotEquals(values[0], values[1], random.seed());
    }
  }

  @Test
  void aSplitCoordinateOfZeroIsRefused() {
    Ext[] z = random.elements(ROUNDS);
    z[2] = Ext.ZERO;
    VerificationFailure e =
        assertThrows(
            VerificationFailure.class,
            () ->
                run(
                    in -> SumcheckVerifier.split(in, Section.RELATIONS, "test", Ext.ONE, z, DEGREE),
                    random.elements(ROUNDS * DEGREE)));
    assertTrue(e.getMessage().startsWith("test round 2"), e.getMessage());
  }
}
