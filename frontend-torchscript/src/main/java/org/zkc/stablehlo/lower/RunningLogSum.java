package org.zkc.stablehlo.lower;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.zkc.stablehlo.program.Block;
import org.zkc.stablehlo.program.HloValue;
import org.zkc.stablehlo.program.Operation;
import org.zkc.torchscript.lower.Binding;

/**
 * Windows from the first element to each, or from each to the last, whose body is the logarithm of
 * a sum of exponentials, as {@code jax.lax.cumlogsumexp} writes them: they begin with the logarithm
 * of 0, which no number that is proved is.
 */
final class RunningLogSum {
  /** JAX's body has nine operations. */
  private static final int MOST_OPERATIONS = 16;

  /** Pairs in both orders, equal ones, and ones of which the greater decides alone. */
  private static final double[][] PAIRS = {
    {0, 0}, {1, -2}, {-3, 4}, {40, -30}, {0.5, 0.5}, {-7, -7.25}, {2.75, 3.5}, {-60, 55}, {-1, -1}
  };

  private static final double TOLERANCE = 1e-9;

  private RunningLogSum() {}

  static Optional<Held> of(HloCall call, Window window) {
    List<Long> extents = call.type(0).extents();
    boolean starts =
        call.operandCount() == 2
            && Elementwise.real(call, 1).filter(n -> n == Double.NEGATIVE_INFINITY).isPresent();
    if (!starts || !window.isRunning(extents) || !isLogSum(call.region(0))) {
      return Optional.empty();
    }
    Binding out = call.whole(0);
    for (int d = 0; d < extents.size(); d++) {
      if (window.sizes().get(d) > 1) {
        boolean backward = window.low().get(d) == 0;
        Binding line = backward ? call.aten("flip", out, List.of(d)) : out;
        Binding sums = call.aten("logcumsumexp", line, (long) d);
        out = backward ? call.aten("flip", sums, List.of(d)) : sums;
      }
    }
    return Optional.of(call.result(out));
  }

  private static boolean isLogSum(Block body) {
    if (body.arguments().size() != 2 || body.operations().size() > MOST_OPERATIONS) {
      return false;
    }
    for (double[] pair : PAIRS) {
      double greater = Math.max(pair[0], pair[1]);
      double expected = greater + StrictMath.log1p(StrictMath.exp(-Math.abs(pair[0] - pair[1])));
      Optional<Double> found = run(body, pair);
      if (found.isEmpty() || !(Math.abs(found.orElseThrow() - expected) < TOLERANCE)) {
        return false;
      }
    }
    return true;
  }

  private static Optional<Double> run(Block body, double[] pair) {
    Map<HloValue, Double> values = new IdentityHashMap<>();
    values.put(body.arguments().getFirst(), pair[0]);
    values.put(body.arguments().getLast(), pair[1]);
    for (Operation operation : body.operations()) {
      if (!values.keySet().containsAll(operation.operands())) {
        return Optional.empty();
      }
      List<Double> x = operation.operands().stream().map(values::get).toList();
      if (operation.name().equals("stablehlo.return")) {
        return x.size() == 1 ? Optional.of(x.getFirst()) : Optional.empty();
      }
      Optional<Double> result = evaluate(operation, x);
      if (result.isEmpty() || operation.results().size() != 1) {
        return Optional.empty();
      }
      values.put(operation.results().getFirst(), result.orElseThrow());
    }
    return Optional.empty();
  }

  private static Optional<Double> evaluate(Operation operation, List<Double> x) {
    return switch (operation.name()) {
      case "stablehlo.add" -> Optional.of(x.getFirst() + x.getLast());
      case "stablehlo.subtract" -> Optional.of(x.getFirst() - x.getLast());
      case "stablehlo.abs" -> Optional.of(Math.abs(x.getFirst()));
      case "stablehlo.negate" -> Optional.of(-x.getFirst());
      case "stablehlo.exponential" -> Optional.of(StrictMath.exp(x.getFirst()));
      case "stablehlo.log" -> Optional.of(StrictMath.log(x.getFirst()));
      case "stablehlo.log_plus_one" -> Optional.of(StrictMath.log1p(x.getFirst()));
      default -> ScalarBody.evaluate(operation, x);
    };
  }
}
