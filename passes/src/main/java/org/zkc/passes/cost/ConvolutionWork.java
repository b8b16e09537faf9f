package org.zkc.passes.cost;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.zkc.ir.Shape;

/**
 * The work of the prover for a convolution, from its shape alone, beyond what both of its forms
 * have in common (its parameters are committed and folded, its source and result carried). Both
 * forms are estimated by {@link ProverCosts}, so that choosing between them and estimating a proof
 * cannot disagree.
 *
 * @param input [N, C, H, W]
 * @param weight [O, C / groups, kh, kw]
 * @param result [N, O, Ho, Wo]
 */
public record ConvolutionWork(Shape input, Shape weight, Shape result, int groups) {
  /**
   * Points of kernels' spectra, counted for pairs of outputs, that the executor keeps for each
   * convolution: 32 MB. Beyond, it transforms the kernels in each run.
   */
  public static final long MOST_KEPT_POINTS = 1 << 22;

  /** The work of the form of sums of products. */
  public Map<Work, Double> direct() {
    Map<Work, Double> work = new EnumMap<>(Work.class);
    double taps = (double) weight.extent(1) * weight.extent(2) * weight.extent(3);
    work.put(
        groups == 1 ? Work.DENSE_MULTIPLICATION : Work.GROUPED_MULTIPLICATION,
        result.elementCount() * taps);
    work.put(Work.WINDOW_CELL, (double) input.elementCount() * weight.extent(3));
    work.put(
        Work.AXIS_TAP,
        (double) input.extent(2) * weight.extent(2) + (double) input.extent(3) * weight.extent(3));
    return work;
  }

  /**
   * The work of the form through transforms. Execution takes one transform of each source channel
   * and one back for each pair of outputs, and one product of spectra for each pair of outputs and
   * each of their channels. The proof takes a transform of each source channel and one over E, two
   * over F[i], back; four over E besides, and a sumcheck over the frequencies.
   *
   * @param sizes points per axis
   */
  public Map<Work, Double> fft(List<Integer> sizes) {
    Map<Work, Double> work = new EnumMap<>(Work.class);
    double points = (double) sizes.get(0) * sizes.get(1);
    double layers = StrictMath.log(points) / StrictMath.log(2);
    double sources = (double) input.extent(0) * input.extent(1);
    double pairs = (double) input.extent(0) * groups * groupPairs();
    double kernels = (double) groups * groupPairs() * weight.extent(1);
    double made = kernels * points > MOST_KEPT_POINTS ? kernels * input.extent(0) : 0;
    work.put(Work.TRANSFORM_STEP, (sources + pairs + made) * points * layers);
    work.put(Work.SPECTRUM_PRODUCT, pairs * weight.extent(1) * points);
    work.put(Work.PROVED_TRANSFORM_STEP, (3 * sources + 8) * points * layers);
    work.put(Work.TRANSFORMED_TAP, sources * weight.extent(2) * weight.extent(3));
    work.put(Work.FREQUENCY, points);
    return work;
  }

  /**
   * The work that both forms have in common: a relation, and its parameters folded over the
   * outputs.
   */
  public Map<Work, Double> common() {
    Map<Work, Double> work = new EnumMap<>(Work.class);
    work.put(Work.RELATION, 1.0);
    work.put(Work.FOLDED_PARAMETER, (double) weight.elementCount());
    return work;
  }

  private int groupPairs() {
    return (weight.extent(0) / groups + 1) / 2;
  }

  /** Nanoseconds. */
  public static double nanoseconds(Map<Work, Double> work, ProverCosts costs) {
    return work.entrySet().stream().mapToDouble(e -> costs.of(e.getKey(), e.getValue())).sum();
  }
}
