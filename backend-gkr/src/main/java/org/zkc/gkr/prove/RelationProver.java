package org.zkc.gkr.prove;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.Kernels;
import org.zkc.gkr.mle.EqTable;
import org.zkc.gkr.mle.Mle;
import org.zkc.gkr.proof.Merging;
import org.zkc.gkr.proof.Section;
import org.zkc.gkr.proof.SendingChannel;
import org.zkc.gkr.relation.Claims;
import org.zkc.gkr.relation.ConstraintSystem;
import org.zkc.gkr.relation.ConvGeometry;
import org.zkc.gkr.relation.Definition;
import org.zkc.gkr.relation.FftConvGeometry;
import org.zkc.gkr.relation.Holder;
import org.zkc.gkr.relation.LinearReduction;
import org.zkc.gkr.relation.ModelLayout;
import org.zkc.gkr.relation.PublicValues;
import org.zkc.gkr.sumcheck.ChannelTables;
import org.zkc.gkr.sumcheck.PairTables;
import org.zkc.gkr.sumcheck.SumcheckProver;
import org.zkc.gkr.sumcheck.TripleTables;
import org.zkc.gkr.weight.TensorLayout;
import org.zkc.gkr.weight.Weight;
import org.zkc.gkr.weight.WeightPool;

/**
 * The backward sweep, prover's side: definitions from the last to the first, in step with the
 * verifier.
 */
final class RelationProver {
  private final ConstraintSystem system;
  private final ModelLayout layout;
  private final SendingChannel out;
  private final PublicValues publicValues;
  private final Claims claims;
  private final TensorValues values;
  private final ModelMatrix model;
  private final WeightPool pool = new WeightPool();
  private final Map<Weight, ExtVector> folds = new HashMap<>();

  RelationProver(
      ConstraintSystem system,
      ModelLayout layout,
      SendingChannel out,
      PublicValues publicValues,
      Claims claims,
      TensorValues values,
      ModelMatrix model) {
    this.system = system;
    this.layout = layout;
    this.out = out;
    this.publicValues = publicValues;
    this.claims = claims;
    this.values = values;
    this.model = model;
  }

  /**
   * The row combinations that were made on the way, without padding, by the weight of the MODEL
   * claim they belong to.
   */
  Map<Weight, ExtVector> folds() {
    return folds;
  }

  void sweep() {
    for (Definition d : system.definitions().reversed()) {
      List<Claims.Claim> own = claims.take(d.result());
      switch (d) {
        case Definition.LinearSum l -> linear(l, own);
        case Definition.Hadamard h -> hadamard(h, own);
        case Definition.MatrixProduct m -> matrixProduct(m, own);
        case Definition.Convolution c -> convolution(c, own);
        case Definition.FourierConvolution c -> fourierConvolution(c, own);
      }
      // Whatever is computed from the result came later in the circuit, so before it in the sweep.
      if (system.tensor(d.result()).holder() == Holder.VIRTUAL) {
        values.release(d.result());
      }
    }
  }

  private void linear(Definition.LinearSum sum, List<Claims.Claim> own) {
    List<Claims.Claim> reduced = own;
    if (own.size() > ConstraintSystem.MERGE_ABOVE) {
      reduced =
          List.of(
              MergeProver.toPoint(
                  out, Section.RELATIONS, sum.name(), own, values.stored(sum.result())));
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
        Ext value = u.weight().dot(values.real(u.source()));
        out.send(Section.RELATIONS, sum.name(), value);
        claims.add(u.source(), u.weight(), value);
        remainder = remainder.sub(value.mulBase(u.coefficient()));
      }
      if (!r.unknown().isEmpty()) {
        LinearReduction.Unknown u = r.unknown().get(r.solved());
        claims.add(u.source(), u.weight(), r.solve(remainder));
      }
    }
  }

  private void hadamard(Definition.Hadamard h, List<Claims.Claim> own) {
    ExtVector c = Merging.coefficients(out.transcript(), h.name(), own.size());
    TensorLayout shape = new TensorLayout(system.tensor(h.result()).shape());
    ExtVector weights = new ExtVector(shape.storedLength());
    for (int j = 0; j < own.size(); j++) {
      own.get(j).weight().addTo(weights, c.get(j));
    }
    int[] left = values.stored(h.left());
    int[] right = values.stored(h.right());
    TripleTables tables =
        new TripleTables(
            weights,
            ExtVector.ofBase(left, left.length),
            ExtVector.ofBase(right, right.length),
            shape.variables());
    Ext[] point = SumcheckProver.run(out, Section.RELATIONS, h.name(), tables);
    Weight at = Weight.eq(shape.shape(), point);
    close(h.name(), h.left(), at, tables.f());
    close(h.name(), h.right(), at, tables.g());
  }

  private void matrixProduct(Definition.MatrixProduct m, List<Claims.Claim> own) {
    int outputAxis = system.tensor(m.result()).shape().size() - 1;
    int tensor = m.matMul().weight();
    Claims.Claim claim = own.get(0);
    if (own.size() > 1 || !claim.weight().hasPoint(outputAxis)) {
      claim = MergeProver.toPoint(out, Section.RELATIONS, m.name(), own, values.stored(m.result()));
    }
    int inner = system.tensor(tensor).shape().get(1);
    Ext[] outputPoint = claim.weight().axisPoint(outputAxis);
    ModelLayout.Entry entry = layout.of(tensor);
    ExtVector rows = foldRows(entry, outputPoint);
    ExtVector folded = channelFold(entry, rows, outputPoint);
    ExtVector source =
        claim.weight().foldOthers(outputAxis, inner, values.real(m.matMul().source()));
    PairTables tables = new PairTables(folded, source, Mle.variables(inner));
    Ext[] point = SumcheckProver.run(out, Section.RELATIONS, m.name(), tables);
    ArrayList<Ext> weightPoint = new ArrayList<>(Arrays.asList(outputPoint));
    weightPoint.addAll(Arrays.asList(point));
    Weight ofWeight = Weight.eq(system.tensor(tensor).shape(), weightPoint.toArray(Ext[]::new));
    folds.put(ofWeight, rows);
    close(m.name(), tensor, ofWeight, tables.f());
    close(
        m.name(),
        m.matMul().source(),
        claim.weight().withAxis(outputAxis, point, inner),
        tables.g());
  }

  private void convolution(Definition.Convolution c, List<Claims.Claim> own) {
    ConvGeometry g = ConvGeometry.of(system, c.conv());
    Weight w = convolved(c.name(), c.result(), own).weight();
    TensorLayout shape = new TensorLayout(g.sumcheckShape());
    KernelFold kernel = foldKernel(g, w);
    ExtVector windows = ConvWindows.of(g, w, values.real(c.conv().source()));
    PairTables tables =
        new PairTables(shape.pad(kernel.values()), shape.pad(windows), shape.variables());
    Ext[] point = SumcheckProver.run(out, Section.RELATIONS, c.name(), tables);
    ConvGeometry.Closing next = g.closing(w, point);
    kernel.rows().ifPresent(rows -> folds.put(next.kernel(), rows));
    close(c.name(), c.conv().weight(), next.kernel(), tables.f());
    close(c.name(), c.conv().source(), next.source(), tables.g());
  }

  /**
   * The sumcheck begins with the channels. There the sums over frequencies are sums over taps as
   * well (Parseval), of which there are fewer.
   */
  private void fourierConvolution(Definition.FourierConvolution c, List<Claims.Claim> own) {
    FftConvGeometry g = FftConvGeometry.of(system, c.fft());
    Claims.Claim claim = convolved(c.name(), c.result(), own);
    Weight w = claim.weight();
    Ext sum = claim.value();
    KernelFold kernel = foldKernel(g.direct(), w);
    FourierTables fourier = new FourierTables(g, w, values.real(c.fft().conv().source()));
    TensorLayout channels = g.channels();
    int taps = kernel.values().length() / channels.elementCount();
    ExtVector folded = kernel.values();
    Ext[] channelPoint = {};
    if (channels.variables() > 0) {
      ExtVector windows = fourier.windows();
      values.seeWindows(sum, folded, windows);
      ChannelTables tables =
          new ChannelTables(
              padded(channels, folded, taps),
              padded(channels, windows, taps),
              channels.variables(),
              taps);
      channelPoint = SumcheckProver.run(out, Section.RELATIONS, c.name() + " channels", tables);
      folded = tables.f();
      sum = tables.sum();
    }
    ExtVector positions = fourier.g();
    ExtVector ofKernel = fourier.kernel(folded);
    ExtVector ofSource = fourier.source(channelPoint);
    values.seeFrequencies(sum, positions, ofKernel, ofSource);
    TripleTables tables = new TripleTables(positions, ofKernel, ofSource, g.frequencyVariables());
    Ext[] point = SumcheckProver.run(out, Section.RELATIONS, c.name() + " frequencies", tables);
    FftConvGeometry.Closing next = g.closing(w, channelPoint, point);
    kernel.rows().ifPresent(rows -> folds.put(next.kernel(), rows));
    close(c.name(), c.fft().conv().weight(), next.kernel(), tables.f());
    close(c.name(), c.fft().conv().source(), next.source(), tables.g());
  }

  /** Values over channels and {@code inner} others, laid out by the channels' variables. */
  private static ExtVector padded(TensorLayout channels, ExtVector values, int inner) {
    ExtVector out = new ExtVector(channels.storedLength() * inner);
    channels.forEachRun((from, at, count) ->
        out.slice(at * inner, count * inner).copyFrom(values.slice(from * inner, count * inner)));
    return out;
  }

  /** The one claim on a convolution's result, by axis with a point on the channels. */
  private Claims.Claim convolved(String name, int result, List<Claims.Claim> own) {
    Weight w = own.get(0).weight();
    return own.size() == 1 && w.isByAxis() && w.hasPoint(1)
        ? own.get(0)
        : MergeProver.toPoint(out, Section.RELATIONS, name, own, values.stored(result));
  }

  /**
   * The kernel folded over its output channels, over (c, dy, dx); with groups over those of each
   * group, over (g, c, dy, dx). Without groups also the rows' combination that this came from.
   */
  private record KernelFold(Optional<ExtVector> rows, ExtVector values) {}

  private KernelFold foldKernel(ConvGeometry g, Weight w) {
    int tensor = g.conv().weight();
    if (g.groups() == 1) {
      ModelLayout.Entry entry = layout.of(tensor);
      ExtVector rows = foldRows(entry, w.axisPoint(1));
      return new KernelFold(Optional.of(rows), channelFold(entry, rows, w.axisPoint(1)));
    }
    ExtVector outputs = w.axisValues(1);
    int size = g.outputsPerGroup();
    int rest = new TensorLayout(g.kernel()).elementCount() / g.kernel().get(0);
    ExtVector kernel = new ExtVector(g.groups() * rest);
    for (int k = 0; k < g.groups(); k++) {
      kernel.slice(k * rest, rest).copyFrom(model.foldChannels(tensor, outputs, k * size, size));
    }
    return new KernelFold(Optional.empty(), kernel);
  }

  /**
   * The tensor's rows combined by eq at the first variables of the point: what the opening will
   * need again.
   */
  private ExtVector foldRows(ModelLayout.Entry entry, Ext[] outputPoint) {
    int n = entry.rowVariables(system.tensor(entry.tensor()).shape().get(0));
    return model.combination(entry, EqTable.of(Arrays.copyOf(outputPoint, n), entry.rows()));
  }

  /** The output channels within a row combined by eq at the other variables of the point. */
  private ExtVector channelFold(ModelLayout.Entry entry, ExtVector rows, Ext[] outputPoint) {
    int n = entry.rowVariables(system.tensor(entry.tensor()).shape().get(0));
    ExtVector within =
        EqTable.of(Arrays.copyOfRange(outputPoint, n, outputPoint.length), entry.perRow());
    int rest = rows.length() / entry.perRow();
    ExtVector folded = new ExtVector(rest);
    for (int k = 0; k < entry.perRow(); k++) {
      Kernels.best().addScaled(folded, within.get(k), rows.slice(k * rest, rest));
    }
    return folded;
  }

  /** Sends the value of a claim unless the verifier knows it. */
  private void close(String label, int tensor, Weight weight, Ext value) {
    if (system.tensor(tensor).holder() != Holder.PUBLIC && claims.known(tensor, weight) == null) {
      out.send(Section.RELATIONS, label + " ends", value);
      claims.add(tensor, weight, value);
    }
  }
}
