package org.zkc.gkr.sumcheck;

import java.util.Arrays;
import org.zkc.gkr.channel.ReceivingChannel;
import org.zkc.gkr.channel.Section;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.field.Ext;

/**
 * Sumcheck (Lund, Fortnow, Karloff, Nisan 1992), the verifier.
 *
 * <pre>
 * claim   sum over the cube of n variables of F(x) = C
 * round   the prover sends s(X) = sum over the later variables of F(r_1 .. r_(j-1), X, .) by its values at 0, 2, .., d
 * check   s(1) = C - s(0), so that no message can contradict the claim; r_j is drawn, C becomes s(r_j)
 * ending  F(r_1 .. r_n) = C, checked by the caller
 * error   n d / |E|
 * </pre>
 *
 * <p>With a factor eq(z, .) of F = eq(z, .) H split off (Gruen 2024), round j sends h(X) = sum over
 * the later variables x of eq(z_later, x) H(r_1 .. r_(j-1), X, x), one degree lower, and (1 - z_j)
 * h(0) + z_j h(1) = C gives h(1). The ending is H(r) = C.
 */
public final class SumcheckVerifier {
  private SumcheckVerifier() {}

  /** The claim that remains to be checked: the polynomial has this value at {@code point}. */
  public record Ending(Ext value, Ext[] point) {}

  /** A sumcheck of a polynomial of degree {@code degree} in each of {@code rounds} variables. */
  public static Ending plain(
      ReceivingChannel in, Section section, String name, Ext claim, int rounds, int degree) {
    Ext[] point = new Ext[rounds];
    Ext current = claim;
    for (int j = 0; j < rounds; j++) {
      Ext[] sent = in.receive(section, name, degree);
      point[j] = in.transcript().challengeExt(name);
      current = RoundPolynomial.at(withOne(sent, current.sub(sent[0])), point[j]);
    }
    return new Ending(current, point);
  }

  /** A sumcheck of eq(z, .) H, H of degree {@code degree} in each variable of z. */
  public static Ending split(
      ReceivingChannel in, Section section, String name, Ext claim, Ext[] z, int degree) {
    Ext[] point = new Ext[z.length];
    Ext current = claim;
    for (int j = 0; j < z.length; j++) {
      Ext[] sent = in.receive(section, name, degree);
      point[j] = in.transcript().challengeExt(name);
      if (z[j].isZero()) {
        throw new VerificationFailure(name + " round " + j, "a challenge that is not 0", "0");
      }
      Ext one = current.sub(Ext.ONE.sub(z[j]).mul(sent[0])).mul(z[j].inv());
      current = RoundPolynomial.at(withOne(sent, one), point[j]);
    }
    return new Ending(current, point);
  }

  /** Values at 0, 1, 2, ... from those at 0, 2, ... and the one at 1. */
  private static Ext[] withOne(Ext[] sent, Ext one) {
    Ext[] values = new Ext[sent.length + 1];
    values[0] = sent[0];
    values[1] = one;
    System.arraycopy(sent, 1, values, 2, sent.length - 1);
    return values;
  }

  /** The coordinates of one point, then those of another. */
  public static Ext[] join(Ext[] first, Ext[] then) {
    Ext[] out = Arrays.copyOf(first, first.length + then.length);
    System.arraycopy(then, 0, out, first.length, then.length);
    return out;
  }

  /** The last {@code count} coordinates of a point. */
  public static Ext[] suffix(Ext[] point, int count) {
    return Arrays.copyOfRange(point, point.length - count, point.length);
  }
}
