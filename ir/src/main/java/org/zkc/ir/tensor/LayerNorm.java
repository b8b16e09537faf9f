package org.zkc.ir.tensor;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/**
 * (x - mean) / sqrt(variance + epsilon) over one axis, the variance being the mean square of x -
 * mean. Gain and bias are ops of their own.
 */
@Describes("(x - mean) / sqrt(variance + epsilon) over one axis")
public record LayerNorm(Value result, Value input, int axis, double epsilon, Location location)
    implements Standardization {
  @Override
  public void apply(double[] line) {
    double mean = 0;
    for (double x : line) {
      mean += x;
    }
    mean /= line.length;
    for (int i = 0; i < line.length; i++) {
      line[i] -= mean;
    }
    Standardization.divideByRootMeanSquare(line, epsilon);
  }
}
