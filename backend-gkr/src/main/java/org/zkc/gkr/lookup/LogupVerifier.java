package org.zkc.gkr.lookup;

import org.zkc.gkr.channel.ReceivingChannel;
import org.zkc.gkr.channel.Section;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.protocol.ProtocolConstants;
import org.zkc.gkr.sumcheck.SumcheckVerifier;

/**
 * logup-GKR (Papini, Haboeck 2023; Haboeck 2022 for the fractional sums), the verifier's rounds on
 * one tree.
 *
 * <pre>
 * claim   sum over the leaves of p / q = P / Q at the root
 * tree    p(k) = p0(k) q1(k) + p1(k) q0(k), q(k) = q0(k) q1(k); the siblings 0 and 1 of a layer of m variables differ in
 *         bit min(8, m - 1): neighbouring tiles of 2^8 fractions are added, and the halves of the last tile
 * round   at a claim (P, Q) about a layer at rho: lambda is drawn; the sumcheck of eq(rho, k) [lambda p(k) + q(k)] = lambda P + Q
 * check   its ending on the four values sent; c is drawn, (P, Q) = line through the siblings at c, rho = r with c put in
 * ending  the leaves at rho, checked by the caller
 * </pre>
 */
public final class LogupVerifier {
  private LogupVerifier() {}

  /** The claim about the leaves: numerator and denominator at the point. */
  public record Leaves(Ext numerator, Ext denominator, Ext[] point) {}

  /** Reduces numerator and denominator of the root of a tree to its leaves. */
  public static Leaves verify(
      ReceivingChannel in, String tree, int variables, Ext numerator, Ext denominator) {
    Ext p = numerator;
    Ext q = denominator;
    Ext[] rho = new Ext[0];
    for (int layer = 0; layer < variables; layer++) {
      String name = tree + " layer " + layer;
      Ext lambda = in.transcript().challengeExt(name + " lambda");
      SumcheckVerifier.Ending end =
          SumcheckVerifier.split(in, Section.LOOKUPS, name, lambda.mul(p).add(q), rho, 2);
      Ext[] v = in.receive(Section.LOOKUPS, name + " ends", 4);
      Ext expected = lambda.mul(v[0].mul(v[3]).add(v[2].mul(v[1]))).add(v[1].mul(v[3]));
      VerificationFailure.requireEqual(name, expected, end.value());
      Ext c = in.transcript().challengeExt(name + " half");
      p = v[0].add(c.mul(v[2].sub(v[0])));
      q = v[1].add(c.mul(v[3].sub(v[1])));
      rho = below(end.point(), c);
    }
    return new Leaves(p, q, rho);
  }

  /** The point of the layer below: that of the pairs, with the siblings' coordinate put in. */
  public static Ext[] below(Ext[] pairs, Ext sibling) {
    int at = Math.max(0, pairs.length - ProtocolConstants.LOG_FRACTION_TILE);
    Ext[] out = new Ext[pairs.length + 1];
    System.arraycopy(pairs, 0, out, 0, at);
    out[at] = sibling;
    System.arraycopy(pairs, at, out, at + 1, pairs.length - at);
    return out;
  }
}
