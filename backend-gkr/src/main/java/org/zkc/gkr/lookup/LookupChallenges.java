package org.zkc.gkr.lookup;

import org.zkc.gkr.field.Ext;
import org.zkc.gkr.transcript.Transcript;

/**
 * The randomness that compresses a tuple (v0, v1) of table {@code tag} into the denominator alpha -
 * (v0 + betas[0] v1 + betas[1] tag). Every further column has its own challenge, so two different
 * tuples or tags meet with probability 1/|E| only.
 */
public record LookupChallenges(Ext alpha, Ext valueBeta, Ext tagBeta) {
  public static LookupChallenges draw(Transcript transcript) {
    Ext[] c = transcript.challengeExts("lookup challenges", 3);
    return new LookupChallenges(c[0], c[1], c[2]);
  }

  /** The part of the denominators of one table that does not depend on the tuple. */
  public Ext constant(int tag) {
    return alpha.sub(tagBeta.mulBase(tag));
  }

  /** The factors of the columns of a tuple of {@code width} entries. */
  public Ext[] factors(int width) {
    return width == 1 ? new Ext[] {Ext.ONE} : new Ext[] {Ext.ONE, valueBeta};
  }
}
