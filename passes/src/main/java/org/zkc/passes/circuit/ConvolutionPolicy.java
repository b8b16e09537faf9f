package org.zkc.passes.circuit;

import org.zkc.passes.cost.ProverCosts;

/** The values of {@code --conv}. */
public enum ConvolutionPolicy {
  /** Each convolution in the form that is estimated cheaper. */
  AUTO,
  DIRECT,
  FFT;

  public ConvolutionForm.Choice choice() {
    return switch (this) {
      case AUTO -> new CheapestForm(ProverCosts.FITTED);
      case DIRECT -> geometry -> ConvolutionForm.DIRECT;
      case FFT -> geometry -> ConvolutionForm.FFT;
    };
  }
}
