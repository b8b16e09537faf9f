package org.zkc.ir.tensor;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/**
 * The nearest of the numbers scale k with k from low to high, halves to even: what a quantised
 * network simulates with floats (Jacob et al., Quantization and Training of Neural Networks for
 * Efficient Integer-Arithmetic-Only Inference, section 3). The zero point of PyTorch is taken from
 * both bounds.
 *
 * @param scale a positive float
 * @param low at most high
 */
@Describes("scale min(max(round(x / scale), low), high)")
public record FakeQuantize(
    Value result, Value input, double scale, int low, int high, Location location)
    implements Elementwise {

  /** The steps of an element are counted in single precision, as PyTorch does. */
  @Override
  public double apply(double x) {
    return scale * Math.clamp(Math.rint((float) x * (1 / (float) scale)), low, high);
  }

  @Override
  public void requireFunction() {
    if (!(scale > 0 && scale < Double.POSITIVE_INFINITY && scale == (float) scale && low <= high)) {
      throw new IllegalArgumentException(
          "a scale of %s with steps from %d to %d".formatted(scale, low, high));
    }
  }
}
