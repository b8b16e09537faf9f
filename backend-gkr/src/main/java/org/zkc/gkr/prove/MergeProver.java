package org.zkc.gkr.prove;

import java.util.List;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.proof.Merging;
import org.zkc.gkr.proof.Section;
import org.zkc.gkr.proof.SendingChannel;
import org.zkc.gkr.relation.Claims;
import org.zkc.gkr.sumcheck.JoiningTables;
import org.zkc.gkr.sumcheck.SumcheckProver;
import org.zkc.gkr.weight.TensorLayout;
import org.zkc.gkr.weight.Weight;

/**
 * Merges claims on one tensor to one at a point: the prover of the verifier's class of the same
 * task.
 */
final class MergeProver {
  private MergeProver() {}

  /** {@code stored} holds the tensor as laid out. */
  static Claims.Claim toPoint(
      SendingChannel out, Section section, String name, List<Claims.Claim> claims, int[] stored) {
    String label = name + " merge";
    ExtVector c = Merging.coefficients(out.transcript(), label, claims.size());
    TensorLayout layout = new TensorLayout(claims.get(0).weight().shape());
    ExtVector weights = new ExtVector(layout.storedLength());
    Ext sum = Ext.ZERO;
    for (int j = 0; j < claims.size(); j++) {
      claims.get(j).weight().addTo(weights, c.get(j));
      sum = sum.add(c.get(j).mul(claims.get(j).value()));
    }
    JoiningTables tables = new JoiningTables(layout.variables());
    tables.add(layout.variables(), 0, () -> weights, () -> stored, sum);
    Ext[] point = SumcheckProver.run(out, section, label, tables);
    Ext value = tables.value(0);
    out.send(section, label + " end", value);
    return new Claims.Claim(claims.get(0).tensor(), Weight.eq(layout.shape(), point), value);
  }
}
