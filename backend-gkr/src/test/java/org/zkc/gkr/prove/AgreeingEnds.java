package org.zkc.gkr.prove;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.prove.sumcheck.SumcheckTables;
import org.zkc.gkr.relation.ConstraintSystem;
import org.zkc.gkr.relation.Holder;
import org.zkc.gkr.relation.MergedClaims;
import org.zkc.gkr.relation.Reduction;
import org.zkc.gkr.sumcheck.RoundPolynomial;

/**
 * A malicious prover that passes the check at the end of every sumcheck of a reduction: it follows
 * what the verifier makes of its rounds, and sends for one of the ends what makes the product
 * agree. A wrong claim so becomes a wrong claim on a source, through any relation.
 */
final class AgreeingEnds extends ForgedValues {
  private final ConstraintSystem system;
  private final int preferred;
  private final List<Ext> point = new ArrayList<>();
  private @Nullable MergedClaims taken;
  private Ext current = Ext.ZERO;
  private int changed;

  /**
   * @param preferred the end that is changed, counted around
   */
  AgreeingEnds(WeakProof proof, int[][] elements, int preferred) {
    super(proof, elements);
    this.system = proof.key.verifierKey().arithmetization().system();
    this.preferred = preferred;
  }

  /** The number of ends that were given another value than the honest one. */
  int changed() {
    return changed;
  }

  @Override
  public SumcheckTables seeRounds(
      Reduction reduction, int part, MergedClaims claims, SumcheckTables tables) {
    if (part == 0) {
      taken = claims;
      current = claims.value();
      point.clear();
    }
    int eqAxes = reduction.rounds().get(part).eqAxes();
    Ext[] split = eqAxes == 0 ? new Ext[0] : claims.only().leadingPoint(eqAxes);
    return new SumcheckTables() {
      private Ext[] sent = {};
      private int round;

      @Override
      public int rounds() {
        return tables.rounds();
      }

      @Override
      public Ext[] message() {
        sent = tables.message().clone();
        return sent;
      }

      @Override
      public void bind(Ext challenge) {
        Ext[] values = new Ext[sent.length + 1];
        values[0] = sent[0];
        System.arraycopy(sent, 1, values, 2, sent.length - 1);
        values[1] =
            split.length == 0
                ? current.sub(sent[0])
                : current.sub(Ext.ONE.sub(split[round]).mul(sent[0])).mul(split[round].inv());
        current = RoundPolynomial.at(values, challenge);
        round++;
        point.add(challenge);
        tables.bind(challenge);
      }
    };
  }

  @Override
  public void seeEnds(Reduction reduction, Reduction.Closing closing, Ext[] ends) {
    Ext factor =
        closing
            .factor()
            .mul(
                reduction.publicFactor(
                    Objects.requireNonNull(taken), point.toArray(Ext[]::new), this::real));
    Ext product = factor;
    for (Ext end : ends) {
      product = product.mul(end);
    }
    if (product.equals(current)) {
      return;
    }
    for (int k = 0; k < ends.length; k++) {
      int end = (k + preferred) % ends.length;
      // The verifier evaluates public tensors itself.
      if (system.tensor(closing.ends().get(end).source()).holder() != Holder.PUBLIC) {
        Ext others = factor;
        for (int j = 0; j < ends.length; j++) {
          others = j == end ? others : others.mul(ends[j]);
        }
        if (!others.isZero()) {
          ends[end] = current.mul(others.inv());
          changed++;
          return;
        }
      }
    }
  }
}
