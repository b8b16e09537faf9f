package org.zkc.gkr.security;

import org.zkc.gkr.circuit.CircuitTooLarge;
import org.zkc.gkr.layout.Arithmetization;
import org.zkc.gkr.protocol.ProtocolConstants;

/**
 * The verifier's choices about the cryptography of a proof. The verifier computes them from the
 * circuit, so that the sum of all errors stays below 2^-{@link #TARGET_BITS}; a prover never
 * chooses them.
 *
 * @param queries columns drawn in each opening
 * @param queryGrindingBits work before they are drawn
 * @param lookupGrindingBits work before the lookup challenges are drawn
 * @param logBlowUp log2 of the code's inverse rate
 */
public record SecurityParameters(
    int queries, int queryGrindingBits, int lookupGrindingBits, int logBlowUp) {
  /** Written out, because a record's own is linked at its first call, in 13 ms of a process. */
  @Override
  public boolean equals(Object other) {
    return other instanceof SecurityParameters p
        && p.queries == queries
        && p.queryGrindingBits == queryGrindingBits
        && p.lookupGrindingBits == lookupGrindingBits
        && p.logBlowUp == logBlowUp;
  }

  @Override
  public int hashCode() {
    return ((queries * 31 + queryGrindingBits) * 31 + lookupGrindingBits) * 31 + logBlowUp;
  }

  /** The bits that the total must reach. */
  public static final int TARGET_BITS = 100;

  /** A few milliseconds of one core; saves about 18 queries. */
  private static final int QUERY_GRINDING_BITS = 12;

  /** The bits to which the lookup term is brought, so that it is one of the small terms. */
  private static final int LOOKUP_BITS = 104;

  private static final int MAX_LOOKUP_GRINDING_BITS = 24;
  private static final int MAX_QUERIES = 400;

  /**
   * The parameters of a circuit.
   *
   * @throws CircuitTooLarge when it is too large for {@link #TARGET_BITS}
   */
  public static SecurityParameters of(Arithmetization arithmetization) {
    int lookupGrinding = 0;
    while (lookupGrinding < MAX_LOOKUP_GRINDING_BITS
        && SoundnessBudget.lookupBits(arithmetization) + lookupGrinding < LOOKUP_BITS) {
      lookupGrinding++;
    }
    if (!reaches(arithmetization, MAX_QUERIES, lookupGrinding)) {
      throw new CircuitTooLarge(
          "the circuit is too large for " + TARGET_BITS + " bits of soundness");
    }
    // More queries never cost soundness: the least number that reaches the target, by halving.
    int few = 0;
    int enough = MAX_QUERIES;
    while (enough - few > 1) {
      int middle = (few + enough) / 2;
      if (reaches(arithmetization, middle, lookupGrinding)) {
        enough = middle;
      } else {
        few = middle;
      }
    }
    return with(enough, lookupGrinding);
  }

  private static boolean reaches(Arithmetization arithmetization, int queries, int lookupGrinding) {
    return SoundnessBudget.of(arithmetization, with(queries, lookupGrinding)).totalBits()
        >= TARGET_BITS;
  }

  private static SecurityParameters with(int queries, int lookupGrinding) {
    return new SecurityParameters(
        queries, QUERY_GRINDING_BITS, lookupGrinding, ProtocolConstants.LOG_BLOW_UP);
  }
}
