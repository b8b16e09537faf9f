package org.zkc.gkr.verify;

import java.util.List;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.proof.Merging;
import org.zkc.gkr.proof.ReceivingChannel;
import org.zkc.gkr.proof.Section;
import org.zkc.gkr.relation.Claims;
import org.zkc.gkr.sumcheck.SumcheckVerifier;
import org.zkc.gkr.weight.TensorLayout;
import org.zkc.gkr.weight.Weight;

/**
 * Merges claims on one tensor to one at a point.
 *
 * <pre>
 * claim   &lt;w_j, T&gt; = v_j for all j
 * round   c = eq(tau, .); sumcheck of sum over x of (sum_j c_j w_j(x)) T(x) = sum_j c_j v_j
 * check   (sum_j c_j w_j(r)) t = its ending, for the value t sent
 * ending  T(r) = t
 * </pre>
 */
final class MergeVerifier {
  private MergeVerifier() {}

  static Claims.Claim toPoint(
      ReceivingChannel in, Section section, String name, List<Claims.Claim> claims) {
    String label = name + " merge";
    ExtVector c = Merging.coefficients(in.transcript(), label, claims.size());
    TensorLayout layout = new TensorLayout(claims.get(0).weight().shape());
    Ext sum = Ext.ZERO;
    for (int j = 0; j < claims.size(); j++) {
      sum = sum.add(c.get(j).mul(claims.get(j).value()));
    }
    SumcheckVerifier.Ending end =
        SumcheckVerifier.plain(in, section, label, sum, layout.variables(), 2);
    Ext value = in.receiveOne(section, label + " end");
    Ext weight = Ext.ZERO;
    for (int j = 0; j < claims.size(); j++) {
      weight = weight.add(c.get(j).mul(claims.get(j).weight().at(end.point())));
    }
    VerificationFailure.requireEqual(label + " ending", weight.mul(value), end.value());
    return new Claims.Claim(claims.get(0).tensor(), Weight.eq(layout.shape(), end.point()), value);
  }
}
