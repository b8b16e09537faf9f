package org.zkc.runtime.artifact;

import java.util.List;
import java.util.Locale;

/**
 * The findings of compilation about a model, kept for {@code zkc inspect}.
 *
 * @param archiveDigest SHA-256 of the archive, empty for generated models
 * @param defaultCalibration whether quantisation ranges came from noise, for want of the user's
 *     samples
 * @param evaluation fidelity of each output
 * @param layers fidelity of inner values that survived as integers
 * @param graph the layers by number: the first is layer 1
 * @param results for each output, the number of the layer that computes it; 0 for an input handed
 *     through
 */
public record Summary(
    String archiveDigest,
    boolean defaultCalibration,
    Evaluation evaluation,
    List<Fidelity> layers,
    List<Layer> graph,
    List<Integer> results) {

  /**
   * Integer program against the floating-point one.
   *
   * @param layer number of the layer whose result this is about; 0 for outputs
   * @param top1Agreement NaN where rows have one element, and for integers and truth values
   * @param agreement share of elements that are the same; NaN for real numbers
   */
  public record Fidelity(
      String name,
      int layer,
      double rSquared,
      double cosine,
      double top1Agreement,
      double agreement) {

    /** Whether the elements are integers or truth values, which agree or do not. */
    public boolean isExact() {
      return !Double.isNaN(agreement);
    }

    /** R^2 with five decimals; a number so far below 0 that it says nothing else has none. */
    public static String text(double rSquared) {
      return rSquared < -1000 ? "below -1000" : String.format(Locale.ROOT, "%.5f", rSquared);
    }
  }

  /** Fidelity of each output, on the inputs that the report is about first of all. */
  public List<Fidelity> outputs() {
    return evaluation.outputs();
  }

  public Summary {
    layers = List.copyOf(layers);
    graph = List.copyOf(graph);
    results = List.copyOf(results);
  }
}
