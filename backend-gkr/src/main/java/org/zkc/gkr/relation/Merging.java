package org.zkc.gkr.relation;

import java.util.List;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.mle.EqTable;
import org.zkc.gkr.mle.Mle;
import org.zkc.gkr.protocol.ProtocolConstants;
import org.zkc.gkr.transcript.Transcript;

/**
 * Coefficients that merge claims: eq(tau, j) of fresh challenges tau. Powers of one challenge would
 * cost the number of claims in soundness; these coefficients cost its logarithm.
 */
public final class Merging {
  private Merging() {}

  /**
   * {@code count} >= 1 coefficients. One claim has the coefficient 1 and draws nothing.
   *
   * @throws VerificationFailure when there are more claims than the soundness budget allows for: a
   *     property of the circuit
   */
  public static ExtVector coefficients(Transcript transcript, String label, int count) {
    requireFew(label, count);
    int variables = Mle.variables(count);
    Ext[] tau = variables == 0 ? new Ext[0] : transcript.challengeExts(label, variables);
    return EqTable.of(tau, count);
  }

  /**
   * Requires that the claims are no more than one combination merges.
   *
   * @throws VerificationFailure when there are more
   */
  public static void requireFew(String label, int count) {
    if (count > 1 << ProtocolConstants.LOG_MAX_CLAIMS) {
      throw new VerificationFailure(
          label, "at most 2^" + ProtocolConstants.LOG_MAX_CLAIMS + " claims", count + " claims");
    }
  }

  /** Claims on one tensor as one. */
  public static MergedClaims combine(
      Transcript transcript, String label, List<Claims.Claim> claims) {
    return new MergedClaims(claims, coefficients(transcript, label, claims.size()));
  }
}
