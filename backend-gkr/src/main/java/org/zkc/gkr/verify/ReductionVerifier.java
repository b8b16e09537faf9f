package org.zkc.gkr.verify;

import java.util.List;
import org.zkc.gkr.channel.ReceivingChannel;
import org.zkc.gkr.channel.Section;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.relation.Claims;
import org.zkc.gkr.relation.ConstraintSystem;
import org.zkc.gkr.relation.Holder;
import org.zkc.gkr.relation.Merge;
import org.zkc.gkr.relation.MergedClaims;
import org.zkc.gkr.relation.Merging;
import org.zkc.gkr.relation.PublicValues;
import org.zkc.gkr.relation.Reduction;
import org.zkc.gkr.sumcheck.SumcheckVerifier;
import org.zkc.gkr.weight.Weight;
import org.zkc.gkr.weight.WeightPool;

/**
 * Checks any {@link Reduction}.
 *
 * <pre>
 * claim   sum_j c_j &lt;w_j, T&gt; = sum_j c_j v_j, c = eq(tau, .) for fresh challenges tau
 * round   the reduction's sumchecks, one after the other
 * check   their ending is factor times the product of the values of the ends
 * ending  &lt;w_k, S_k&gt; = the value of end k: public, claimed before, or received and claimed now
 * </pre>
 */
final class ReductionVerifier {
  private final ConstraintSystem system;
  private final ReceivingChannel in;
  private final PublicValues publicValues;
  private final Claims claims;
  private final WeightPool pool;

  ReductionVerifier(
      ConstraintSystem system,
      ReceivingChannel in,
      PublicValues publicValues,
      Claims claims,
      WeightPool pool) {
    this.system = system;
    this.in = in;
    this.publicValues = publicValues;
    this.claims = claims;
    this.pool = pool;
  }

  /** Turns claims that the reduction takes into claims on its sources. */
  void reduce(Section section, Reduction reduction, List<Claims.Claim> own) {
    MergedClaims taken = Merging.combine(in.transcript(), reduction.name(), own);
    Ext value = taken.value();
    Ext[] point = {};
    for (Reduction.Rounds r : reduction.rounds()) {
      SumcheckVerifier.Ending end =
          r.eqAxes() == 0
              ? SumcheckVerifier.plain(in, section, r.name(), value, r.variables(), r.degree())
              : SumcheckVerifier.split(
                  in, section, r.name(), value, taken.only().leadingPoint(r.eqAxes()), r.degree());
      value = end.value();
      point = SumcheckVerifier.join(point, end.point());
    }
    Reduction.Closing closing = reduction.close(taken, point).numbered(pool);
    Ext product =
        closing.factor().mul(reduction.publicFactor(taken, point, publicValues::residues));
    for (Reduction.End end : closing.ends()) {
      product =
          product.mul(value(section, reduction.endsName(), end.source(), closing.weight(end)));
    }
    VerificationFailure.requireEqual(reduction.name() + " ending", product, value);
  }

  /** Turns all claims on a tensor into one at a point. */
  void merge(Section section, String name, int tensor) {
    reduce(section, Merge.of(system, name, tensor), claims.take(tensor));
  }

  /** The value of a claim: public, known, or read from the proof and then claimed. */
  Ext value(Section section, String label, int tensor, Weight weight) {
    if (system.tensor(tensor).holder() == Holder.PUBLIC) {
      return publicValues.value(tensor, weight);
    }
    Ext known = claims.known(tensor, weight);
    if (known != null) {
      return known;
    }
    Ext received = in.receiveOne(section, label);
    claims.add(tensor, weight, received);
    return received;
  }
}
