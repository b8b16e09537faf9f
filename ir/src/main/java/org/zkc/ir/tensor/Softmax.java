package org.zkc.ir.tensor;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/** exp(x - max) / sum over one axis. */
@Describes("exp(x - max) / sum over one axis")
public record Softmax(Value result, Value input, int axis, Location location)
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
