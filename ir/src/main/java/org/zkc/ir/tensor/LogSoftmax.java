package org.zkc.ir.tensor;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/** x - max - log(sum exp(x - max)) over one axis. */
@Describes("logarithm of the softmax over one axis")
public record LogSoftmax(Value result, Value input, int axis, Location location)
    implements Normalization {
  @Override
  public void apply(double[] line) {
    double max = Double.NEGATIVE_INFINITY;
    for (double x : line) {
      max = Math.max(max, x);
    }
    double sum = 0;
    for (double x : line) {
      sum += StrictMath.exp(x - max);
    }
    double log = StrictMath.log(sum);
    for (int i = 0; i < line.length; i++) {
      line[i] = line[i] - max - log;
    }
  }

  @Override
  public Range range() {
    return new Range(Double.NEGATIVE_INFINITY, 0);
  }
}
