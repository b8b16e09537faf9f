package org.zkc.runtime.execute;

import java.util.Locale;

/**
 * A tensor of which a run cut so much that its result suffers, where no operator of the network
 * asks for a cut: the input is not of the kind that the model was calibrated with.
 *
 * @param tensor name of the integer-level value
 * @param layer number of its layer, 0 where the layer is not known
 * @param source operator and source line of the layer, empty where they are not known
 * @param cut elements beyond the range
 * @param elements elements of the tensor
 * @param lost mean square of what was cut off, as a share of that of the tensor
 */
public record Saturation(
    String tensor, int layer, String source, long cut, long elements, double lost) {

  /** The tensor and its layer, for a person. */
  String place() {
    return tensor + (layer == 0 ? "" : ", layer %d (%s),".formatted(layer, source));
  }

  /** The warning for a person. */
  public String warning() {
    return String.format(
        Locale.ROOT,
        "%d of %d elements (%s) of %s lie beyond the range that calibration gave them and"
            + " are cut to it; calibrate the model with inputs like this one",
        cut,
        elements,
        share(),
        place());
  }

  /** The share of the elements that were cut, without an exponent. */
  private String share() {
    double percent = 100.0 * cut / elements;
    if (percent < 0.01) {
      return "less than 0.01 %";
    }
    return String.format(Locale.ROOT, percent < 10 ? "%.2f %%" : "%.0f %%", percent);
  }
}
