package org.zkc.ir.tensor;

import java.util.List;
import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/**
 * A {@link ScalarFunction} of each element.
 *
 * @param parameters the function's own numbers, finite, as many as it takes
 */
@Describes("a function of each element, by its name")
public record Pointwise(
    Value result, Value input, ScalarFunction function, List<Double> parameters, Location location)
    implements Activation {
  public Pointwise {
    parameters = List.copyOf(parameters);
  }

  @Override
  public double apply(double x) {
    return function.apply(x, parameters);
  }

  @Override
  public Range range() {
    return function.range(parameters);
  }

  @Override
  public Domain domain(Range seen) {
    return function.domain(parameters, seen);
  }

  /** Infinite: the slope depends on where the function is taken. */
  @Override
  public double steepest() {
    return Double.POSITIVE_INFINITY;
  }

  @Override
  public void requireFunction() {
    function.require(parameters);
  }
}
