package org.zkc.gkr.prove;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.prove.sumcheck.ChannelTables;
import org.zkc.gkr.prove.sumcheck.SumcheckTables;
import org.zkc.gkr.prove.sumcheck.TripleTables;
import org.zkc.gkr.relation.FftConvGeometry;
import org.zkc.gkr.relation.MergedClaims;
import org.zkc.gkr.weight.TensorLayout;

/**
 * The tables of a convolution in FFT form. The channels come first. There the sums over frequencies
 * equal sums over taps (Parseval), which are fewer. The frequencies follow.
 */
final class FourierConvolutionTables implements ReductionTables {
  private final FftConvGeometry geometry;
  private final TensorValues values;
  private final Workers workers;
  private final FactorFolds.Fold kernel;
  private final FourierTables fourier;
  private final TensorLayout layout;
  private final Ext claim;
  private @Nullable ChannelTables channels;
  private @Nullable TripleTables frequencies;

  FourierConvolutionTables(
      FftConvGeometry g,
      MergedClaims claims,
      FactorFolds folds,
      TensorValues values,
      Workers workers) {
    this.workers = workers;
    geometry = g;
    this.values = values;
    kernel = folds.ofKernel(g.direct(), claims.only());
    fourier = new FourierTables(g, claims.only(), values.real(g.direct().conv().source()));
    layout = g.channels();
    claim = claims.value();
  }

  @Override
  public SumcheckTables part(int part, Ext[] point) {
    return part == 0 ? overChannels() : overFrequencies(point);
  }

  private ChannelTables overChannels() {
    if (layout.variables() == 0) {
      // One channel needs no windows.
      return new ChannelTables(new ExtVector(0), new ExtVector(0), 0, 1, workers);
    }
    int taps = kernel.values().length() / layout.elementCount();
    ExtVector windows = fourier.windows(workers);
    values.adversary().seeWindows(claim, kernel.values(), windows);
    channels =
        new ChannelTables(
            padded(kernel.values(), taps),
            padded(windows, taps),
            layout.variables(),
            taps,
            workers);
    return channels;
  }

  /** Values over channels and {@code inner} others, laid out by the channels' variables. */
  private ExtVector padded(ExtVector real, int inner) {
    ExtVector out = new ExtVector(layout.storedLength() * inner);
    layout.forEachRun((from, at, count) ->
        out.slice(at * inner, count * inner).copyFrom(real.slice(from * inner, count * inner)));
    return out;
  }

  private TripleTables overFrequencies(Ext[] channelPoint) {
    ExtVector positions = fourier.g();
    ExtVector ofKernel = fourier.kernel(channels == null ? kernel.values() : channels.f());
    ExtVector ofSource = fourier.source(channelPoint);
    Ext sum = channels == null ? claim : channels.sum();
    values.adversary().seeFrequencies(sum, positions, ofKernel, ofSource);
    frequencies =
        new TripleTables(positions, ofKernel, ofSource, geometry.frequencyVariables(), workers);
    return frequencies;
  }

  @Override
  public Ext[] ends() {
    TripleTables bound = Objects.requireNonNull(frequencies, "the last part comes before the ends");
    return new Ext[] {bound.f(), bound.g()};
  }

  @Override
  public Optional<ExtVector> rows() {
    return kernel.rows();
  }
}
