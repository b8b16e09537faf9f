package org.zkc.ir.tensor;

import java.util.Optional;
import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/**
 * exp(x - max) / sum over one axis, with max and sum over the elements that the mask includes; 0
 * for the others. Where the mask includes no element of a line, all have equal shares: so PyTorch
 * has it where a mask is a huge negative number, which swallows the digits of all scores.
 *
 * @param mask i1, of the input's shape: 1 includes; without one all elements are included
 */
@Describes("exp(x - max) / sum over one axis")
public record Softmax(Value result, Value input, Optional<Value> mask, int axis, Location location)
    implements Normalization {
  @Override
  public void apply(double[] line) {
    double max = Double.NEGATIVE_INFINITY;
    for (double x : line) {
      max = Math.max(max, x);
    }
    double sum = 0;
    for (int i = 0; i < line.length; i++) {
      line[i] = StrictMath.exp(line[i] - max);
      sum += line[i];
    }
    for (int i = 0; i < line.length; i++) {
      line[i] /= sum;
    }
  }

  @Override
  public Range range() {
    return new Range(0, 1);
  }
}
