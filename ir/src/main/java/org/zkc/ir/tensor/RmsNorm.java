package org.zkc.ir.tensor;

import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/** x / sqrt(mean of x^2 + epsilon) over one axis. A gain is an op of its own. */
@Describes("x / sqrt(mean of x^2 + epsilon) over one axis")
public record RmsNorm(Value result, Value input, int axis, double epsilon, Location location)
    implements Standardization {
  @Override
  public void apply(double[] line) {
    Standardization.divideByRootMeanSquare(line, epsilon);
  }
}
