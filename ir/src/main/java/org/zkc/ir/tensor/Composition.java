package org.zkc.ir.tensor;

import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.zkc.ir.Describes;
import org.zkc.ir.Location;
import org.zkc.ir.Value;

/**
 * A function of each element that is written out as a {@link Formula}: one table of lookups in
 * place of one for each of its steps.
 *
 * @param steps of the formula, which is defined at least where x is not negative
 */
@Describes("a formula of each element, step by step")
public record Composition(Value result, Value input, List<String> steps, Location location)
    implements Activation {
  public Composition {
    steps = List.copyOf(steps);
  }

  @Override
  public double apply(double x) {
    return operator().applyAsDouble(x);
  }

  @Override
  public DoubleUnaryOperator operator() {
    return Formula.parse(steps)::apply;
  }

  @Override
  public Range range() {
    Formula formula = Formula.parse(steps);
    return formula
        .range(Range.UNBOUNDED)
        .or(() -> formula.range(Range.NOT_NEGATIVE))
        .orElse(Range.UNBOUNDED);
  }

  /** All numbers, or those that are not negative where a step needs that. */
  @Override
  public Domain domain(Range seen) {
    return Formula.parse(steps).range(Range.UNBOUNDED).isPresent()
        ? Domain.REALS
        : Domain.NOT_NEGATIVE;
  }

  /** Infinite: the slope depends on where the function is taken. */
  @Override
  public double steepest() {
    return Double.POSITIVE_INFINITY;
  }

  @Override
  public void requireFunction() {
    if (Formula.parse(steps).range(Range.NOT_NEGATIVE).isEmpty()) {
      throw new IllegalArgumentException(
          "a step may be outside the domain of its operation: %s".formatted(steps));
    }
  }
}
