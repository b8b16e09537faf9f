package org.zkc.gkr.verify;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.zkc.gkr.failure.VerificationFailure;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.mle.Mle;
import org.zkc.gkr.proof.Merging;
import org.zkc.gkr.proof.ReceivingChannel;
import org.zkc.gkr.proof.Section;
import org.zkc.gkr.relation.Claims;
import org.zkc.gkr.relation.ConstraintSystem;
import org.zkc.gkr.relation.ConvGeometry;
import org.zkc.gkr.relation.Definition;
import org.zkc.gkr.relation.FftConvGeometry;
import org.zkc.gkr.relation.Holder;
import org.zkc.gkr.relation.LinearReduction;
import org.zkc.gkr.relation.PublicValues;
import org.zkc.gkr.sumcheck.SumcheckVerifier;
import org.zkc.gkr.weight.TensorLayout;
import org.zkc.gkr.weight.Weight;
import org.zkc.gkr.weight.WeightPool;

/**
 * The backward sweep: definitions from the last to the first, each turning the claims on its result
 * into claims on its sources. In topological order all claims on a tensor are there when its turn
 * comes.
 */
final class RelationVerifier {
  private final ConstraintSystem system;
  private final ReceivingChannel in;
  private final PublicValues publicValues;
  private final Claims claims;
  private final WeightPool pool = new WeightPool();

  RelationVerifier(
      ConstraintSystem system, ReceivingChannel in, PublicValues publicValues, Claims claims) {
    this.system = system;
    this.in = in;
    this.publicValues = publicValues;
    this.claims = claims;
  }

  void sweep() {
    for (Definition d : system.definitions().reversed()) {
      List<Claims.Claim> own = claims.take(d.result());
      if (own.isEmpty()) {
        // Only a tensor that no constraint and no output reaches; the circuit check refuses those.
        throw new VerificationFailure(d.name(), "a claim on its result", "none");
      }
      switch (d) {
        case Definition.LinearSum l -> linear(l, own);
        case Definition.Hadamard h -> hadamard(h, own);
        case Definition.MatrixProduct m -> matrixProduct(m, own);
        case Definition.Convolution c -> convolution(c, own);
        case Definition.FourierConvolution c -> fourierConvolution(c, own);
      }
    }
  }

  private void linear(Definition.LinearSum sum, List<Claims.Claim> own) {
    List<Claims.Claim> reduced = own;
    if (own.size() > ConstraintSystem.MERGE_ABOVE) {
      reduced = List.of(MergeVerifier.toPoint(in, Section.RELATIONS, sum.name(), own));
    }
    for (Claims.Claim claim : reduced) {
      LinearReduction r =
          LinearReduction.of(
              system, sum, claim.weight(), claim.value(), pool, claims, publicValues);
      Ext remainder = r.remaining();
      for (int k = 0; k < r.unknown().size(); k++) {
        if (k == r.solved()) {
          continue;
        }
        LinearReduction.Unknown u = r.unknown().get(k);
        Ext value = in.receiveOne(Section.RELATIONS, sum.name());
        claims.add(u.source(), u.weight(), value);
        remainder = remainder.sub(value.mulBase(u.coefficient()));
      }
      if (r.unknown().isEmpty()) {
        VerificationFailure.requireEqual(sum.name() + " sum", Ext.ZERO, remainder);
      } else {
        LinearReduction.Unknown u = r.unknown().get(r.solved());
        claims.add(u.source(), u.weight(), r.solve(remainder));
      }
    }
  }

  private void hadamard(Definition.Hadamard h, List<Claims.Claim> own) {
    ExtVector c = Merging.coefficients(in.transcript(), h.name(), own.size());
    TensorLayout layout = new TensorLayout(system.tensor(h.result()).shape());
    Ext sum = Ext.ZERO;
    for (int j = 0; j < own.size(); j++) {
      sum = sum.add(c.get(j).mul(own.get(j).value()));
    }
    SumcheckVerifier.Ending end =
        SumcheckVerifier.plain(in, Section.RELATIONS, h.name(), sum, layout.variables(), 3);
    Ext weight = Ext.ZERO;
    for (int j = 0; j < own.size(); j++) {
      weight = weight.add(c.get(j).mul(own.get(j).weight().at(end.point())));
    }
    Weight at = Weight.eq(layout.shape(), end.point());
    Ext left = value(h.name(), h.left(), at);
    Ext right = value(h.name(), h.right(), at);
    VerificationFailure.requireEqual(
        h.name() + " ending", weight.mul(left).mul(right), end.value());
  }

  private void matrixProduct(Definition.MatrixProduct m, List<Claims.Claim> own) {
    int outputAxis = system.tensor(m.result()).shape().size() - 1;
    Claims.Claim claim = own.get(0);
    if (own.size() > 1 || !claim.weight().hasPoint(outputAxis)) {
      claim = MergeVerifier.toPoint(in, Section.RELATIONS, m.name(), own);
    }
    int inner = system.tensor(m.matMul().weight()).shape().get(1);
    SumcheckVerifier.Ending end =
        SumcheckVerifier.plain(
            in, Section.RELATIONS, m.name(), claim.value(), Mle.variables(inner), 2);
    Ext[] outputPoint = claim.weight().axisPoint(outputAxis);
    ArrayList<Ext> point = new ArrayList<>(Arrays.asList(outputPoint));
    point.addAll(Arrays.asList(end.point()));
    Weight ofWeight =
        Weight.eq(system.tensor(m.matMul().weight()).shape(), point.toArray(Ext[]::new));
    // The other axes keep their weights, and the scale goes with them.
    Weight ofSource = claim.weight().withAxis(outputAxis, end.point(), inner);
    Ext folded = value(m.name(), m.matMul().weight(), ofWeight);
    Ext source = value(m.name(), m.matMul().source(), ofSource);
    VerificationFailure.requireEqual(m.name() + " ending", folded.mul(source), end.value());
  }

  private void convolution(Definition.Convolution c, List<Claims.Claim> own) {
    ConvGeometry g = ConvGeometry.of(system, c.conv());
    Claims.Claim claim = own.get(0);
    if (own.size() > 1 || !claim.weight().isByAxis() || !claim.weight().hasPoint(1)) {
      claim = MergeVerifier.toPoint(in, Section.RELATIONS, c.name(), own);
    }
    Weight w = claim.weight();
    TensorLayout layout = new TensorLayout(g.sumcheckShape());
    SumcheckVerifier.Ending end =
        SumcheckVerifier.plain(
            in, Section.RELATIONS, c.name(), claim.value(), layout.variables(), 2);
    ConvGeometry.Closing next = g.closing(w, end.point());
    Ext kernel = value(c.name(), c.conv().weight(), next.kernel());
    Ext source = value(c.name(), c.conv().source(), next.source());
    VerificationFailure.requireEqual(c.name() + " ending", kernel.mul(source), end.value());
  }

  private void fourierConvolution(Definition.FourierConvolution c, List<Claims.Claim> own) {
    FftConvGeometry g = FftConvGeometry.of(system, c.fft());
    Claims.Claim claim = own.get(0);
    if (own.size() > 1 || !claim.weight().isByAxis() || !claim.weight().hasPoint(1)) {
      claim = MergeVerifier.toPoint(in, Section.RELATIONS, c.name(), own);
    }
    // One sumcheck: the positions' weight has no channels, so their variables have degree 2.
    SumcheckVerifier.Ending channels =
        SumcheckVerifier.plain(
            in,
            Section.RELATIONS,
            c.name() + " channels",
            claim.value(),
            g.channels().variables(),
            2);
    SumcheckVerifier.Ending end =
        SumcheckVerifier.plain(
            in,
            Section.RELATIONS,
            c.name() + " frequencies",
            channels.value(),
            g.frequencyVariables(),
            3);
    FftConvGeometry.Closing next = g.closing(claim.weight(), channels.point(), end.point());
    Ext kernel = value(c.name(), c.fft().conv().weight(), next.kernel());
    Ext source = value(c.name(), c.fft().conv().source(), next.source());
    VerificationFailure.requireEqual(
        c.name() + " ending", next.positions().mul(kernel).mul(source), end.value());
  }

  private Ext value(String label, int tensor, Weight weight) {
    if (system.tensor(tensor).holder() == Holder.PUBLIC) {
      return publicValues.value(tensor, weight);
    }
    Ext known = claims.known(tensor, weight);
    if (known != null) {
      return known;
    }
    Ext received = in.receiveOne(Section.RELATIONS, label + " ends");
    claims.add(tensor, weight, received);
    return received;
  }
}
