package org.zkc.gkr.relation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.protocol.ProtocolConstants;
import org.zkc.gkr.transcript.Transcript;

class MergingTest {
  private static ExtVector coefficients(int absorbed, int count) {
    Transcript transcript = new Transcript("merging");
    transcript.absorb("claims", absorbed);
    return Merging.coefficients(transcript, "test", count);
  }

  @Test
  void coefficientsAreDrawnWhenTheClaimsAreKnown() {
    for (int count : new int[] {2, 3, 5, 8}) {
      for (int j = 0; j < count; j++) {
        assertNotEquals(coefficients(1, count).get(j), coefficients(2, count).get(j));
        for (int k = 0; k < j; k++) {
          assertNotEquals(coefficients(1, count).get(j), coefficients(1, count).get(k));
        }
      }
    }
    assertEquals(Ext.ONE, coefficients(1, 1).get(0));
    // eq(tau, .) on the whole cube.
    ExtVector all = coefficients(1, 8);
    Ext sum = Ext.ZERO;
    for (int k = 0; k < 8; k++) {
      sum = sum.add(all.get(k));
    }
    assertEquals(Ext.ONE, sum);
  }

  @Test
  void noMoreClaimsThanTheBudgetCounts() {
    int most = 1 << ProtocolConstants.LOG_MAX_CLAIMS;
    assertEquals(most, coefficients(1, most).length());
    VerificationFailure e =
        assertThrows(VerificationFailure.class, () -> coefficients(1, most + 1));
    assertTrue(e.getMessage().startsWith("test: expected at most 2^16 claims"), e.getMessage());
  }
}
