package org.zkc.gkr.prove;

import java.util.List;
import org.zkc.gkr.channel.Section;
import org.zkc.gkr.channel.SendingChannel;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.relation.AffineReduction;
import org.zkc.gkr.relation.Bilinear;
import org.zkc.gkr.relation.Claims;
import org.zkc.gkr.relation.ConstraintSystem;
import org.zkc.gkr.relation.Definition;
import org.zkc.gkr.relation.Holder;
import org.zkc.gkr.relation.PublicValues;
import org.zkc.gkr.weight.WeightPool;

/**
 * The backward sweep, prover's side: definitions from the last to the first, in step with the
 * verifier.
 */
final class RelationProver {
  private final ConstraintSystem system;
  private final SendingChannel out;
  private final PublicValues publicValues;
  private final Claims claims;
  private final TensorValues values;
  private final ReductionProver reductions;
  private final WeightPool pool;
  private final Workers workers;

  RelationProver(
      ConstraintSystem system,
      SendingChannel out,
      PublicValues publicValues,
      Claims claims,
      TensorValues values,
      ReductionProver reductions,
      WeightPool pool,
      Workers workers) {
    this.system = system;
    this.out = out;
    this.publicValues = publicValues;
    this.claims = claims;
    this.values = values;
    this.reductions = reductions;
    this.pool = pool;
    this.workers = workers;
  }

  void sweep() {
    for (Definition d : system.definitions().reversed()) {
      if (!d.takes(claims.on(d.result()))) {
        reductions.merge(Section.RELATIONS, d.name(), d.result());
      }
      List<Claims.Claim> own = claims.take(d.result());
      switch (d) {
        case Definition.AffineSum a -> own.forEach(claim -> affine(a, claim));
        case Bilinear b -> reductions.reduce(Section.RELATIONS, b, own);
      }
      // Everything computed from the result comes later in the circuit, so the sweep has already
      // passed it.
      if (system.tensor(d.result()).holder() == Holder.VIRTUAL) {
        values.release(d.result());
      }
    }
  }

  private void affine(Definition.AffineSum sum, Claims.Claim claim) {
    AffineReduction r =
        AffineReduction.of(system, sum, claim.weight(), claim.value(), pool, claims, publicValues);
    Ext remainder = r.remaining();
    for (int k = 0; k < r.unknown().size(); k++) {
      if (k == r.solved()) {
        continue;
      }
      AffineReduction.Unknown u = r.unknown().get(k);
      Ext value = u.weight().dot(values.real(u.source()), workers);
      out.send(Section.RELATIONS, sum.name(), value);
      claims.add(u.source(), u.weight(), value);
      remainder = remainder.sub(value.mulBase(u.coefficient()));
    }
    if (!r.unknown().isEmpty()) {
      AffineReduction.Unknown u = r.unknown().get(r.solved());
      claims.add(u.source(), u.weight(), r.solve(remainder));
    }
  }
}
