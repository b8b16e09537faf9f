package org.zkc.passes.circuit;

import org.zkc.passes.cost.ConvolutionWork;
import org.zkc.passes.cost.ProverCosts;

/** Gives each convolution the form that takes the prover less time, by a cost model. */
public final class CheapestForm implements ConvolutionForm.Choice {
  /**
   * Nanoseconds that a form is estimated to take in execution and in its relation's proof; infinite
   * where there is no such form.
   */
  public record Estimates(double direct, double fft) {}

  private final ProverCosts costs;

  public CheapestForm(ProverCosts costs) {
    this.costs = costs;
  }

  @Override
  public ConvolutionForm of(ConvolutionForm.Geometry geometry) {
    Estimates e = estimates(geometry);
    return e.fft() < e.direct() ? ConvolutionForm.FFT : ConvolutionForm.DIRECT;
  }

  public Estimates estimates(ConvolutionForm.Geometry g) {
    ConvolutionWork work = new ConvolutionWork(g.input(), g.weight(), g.result(), g.groups());
    double common = ConvolutionWork.nanoseconds(work.common(), costs);
    return new Estimates(
        g.hasDirectForm()
            ? common + ConvolutionWork.nanoseconds(work.direct(), costs)
            : Double.POSITIVE_INFINITY,
        g.hasTransforms()
            ? common + ConvolutionWork.nanoseconds(work.fft(g.transformSizes()), costs)
            : Double.POSITIVE_INFINITY);
  }
}
