package org.zkc.gkr.lookup;

import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.proof.ReceivingChannel;
import org.zkc.gkr.proof.Section;
import org.zkc.gkr.sumcheck.SumcheckVerifier;

/**
 * logup-GKR (Papini, Haboeck 2023; Haboeck 2022 for the fractional sums), the verifier's rounds.
 *
 * <pre>
 * claim   sum over the leaves of p / q = 0
 * tree    p(k) = p0(k) q1(k) + p1(k) q0(k), q(k) = q0(k) q1(k), the halves 0 and 1 by the highest variable
 * round   at a claim (P, Q) about a layer at rho: lambda is drawn; the sumcheck of eq(rho, k) [lambda p(k) + q(k)] = lambda P + Q
 * check   its ending on the four values sent; c is drawn, (P, Q) = line through the halves at c, rho = (c, r)
 * ending  the leaves at rho, checked by the caller. The root: P = 0 is not sent, Q is sent and is not 0
 * </pre>
 */
public final class LogupVerifier {
  private LogupVerifier() {}

  /** The claim about the leaves: numerator and denominator at the point. */
  public record Leaves(Ext numerator, Ext denominator, Ext[] point) {}

  public static Leaves verify(ReceivingChannel in, int variables) {
    Ext p = Ext.ZERO;
    Ext q = in.receiveOne(Section.LOOKUPS, "root denominator");
    if (q.isZero()) {
      throw new VerificationFailure("lookup root", "a denominator that is not 0", "0");
    }
    Ext[] rho = new Ext[0];
    for (int layer = 0; layer < variables; layer++) {
      String name = "lookup layer " + layer;
      Ext lambda = in.transcript().challengeExt(name + " lambda");
      SumcheckVerifier.Ending end =
          SumcheckVerifier.split(in, Section.LOOKUPS, name, lambda.mul(p).add(q), rho, 2);
      Ext[] v = in.receive(Section.LOOKUPS, name + " ends", 4);
      Ext expected = lambda.mul(v[0].mul(v[3]).add(v[2].mul(v[1]))).add(v[1].mul(v[3]));
      VerificationFailure.requireEqual(name, expected, end.value());
      Ext c = in.transcript().challengeExt(name + " half");
      p = v[0].add(c.mul(v[2].sub(v[0])));
      q = v[1].add(c.mul(v[3].sub(v[1])));
      rho = new Ext[layer + 1];
      rho[0] = c;
      System.arraycopy(end.point(), 0, rho, 1, layer);
    }
    return new Leaves(p, q, rho);
  }
}
