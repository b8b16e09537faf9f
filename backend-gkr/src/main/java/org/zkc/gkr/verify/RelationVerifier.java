package org.zkc.gkr.verify;

import java.util.List;
import org.zkc.gkr.channel.ReceivingChannel;
import org.zkc.gkr.channel.Section;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.relation.AffineReduction;
import org.zkc.gkr.relation.Bilinear;
import org.zkc.gkr.relation.Claims;
import org.zkc.gkr.relation.ConstraintSystem;
import org.zkc.gkr.relation.Definition;
import org.zkc.gkr.relation.PublicValues;
import org.zkc.gkr.weight.WeightPool;

/**
 * The backward sweep, from the last definition to the first. Each definition turns the claims on
 * its result into claims on its sources. Definitions are in topological order, so all claims on a
 * tensor have been made when the sweep reaches its definition.
 */
final class RelationVerifier {
  private final ConstraintSystem system;
  private final ReceivingChannel in;
  private final PublicValues publicValues;
  private final Claims claims;
  private final ReductionVerifier reductions;
  private final WeightPool pool;

  RelationVerifier(
      ConstraintSystem system,
      ReceivingChannel in,
      PublicValues publicValues,
      Claims claims,
      ReductionVerifier reductions,
      WeightPool pool) {
    this.system = system;
    this.in = in;
    this.publicValues = publicValues;
    this.claims = claims;
    this.reductions = reductions;
    this.pool = pool;
  }

  void sweep() {
    for (Definition d : system.definitions().reversed()) {
      List<Claims.Claim> own = claims.on(d.result());
      if (own.isEmpty()) {
        // Only a tensor that no constraint and no output reaches; the circuit check refuses those.
        throw new VerificationFailure(d.name(), "a claim on its result", "none");
      }
      if (!d.takes(own)) {
        reductions.merge(Section.RELATIONS, d.name(), d.result());
      }
      own = claims.take(d.result());
      switch (d) {
        case Definition.AffineSum a -> own.forEach(claim -> affine(a, claim));
        case Bilinear b -> reductions.reduce(Section.RELATIONS, b, own);
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
      Ext value = in.receiveOne(Section.RELATIONS, sum.name());
      claims.add(u.source(), u.weight(), value);
      remainder = remainder.sub(value.mulBase(u.coefficient()));
    }
    if (r.unknown().isEmpty()) {
      VerificationFailure.requireEqual(sum.name() + " sum", Ext.ZERO, remainder);
    } else {
      AffineReduction.Unknown u = r.unknown().get(r.solved());
      claims.add(u.source(), u.weight(), r.solve(remainder));
    }
  }
}
