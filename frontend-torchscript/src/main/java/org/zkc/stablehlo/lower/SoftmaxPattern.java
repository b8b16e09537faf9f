package org.zkc.stablehlo.lower;

import java.util.List;
import java.util.Optional;

/**
 * The softmax and its logarithm, which exporters write as exponentials over their sum. They are
 * recognised here, as one operator has fewer lookups and a better precision than its parts.
 */
final class SoftmaxPattern {
  private SoftmaxPattern() {}

  /** A tensor and the dimension that a softmax is over. */
  private record Along(Held input, int dimension) {}

  /** {@code exp(x - max x) / sum exp(x - max x)}, also without the maximum. */
  static Optional<Held> ofQuotient(HloCall divide) {
    Held exponentials = divide.operand(0);
    return divide
        .definition(exponentials)
        .filter(e -> e.isOf("stablehlo.exponential"))
        .flatMap(e ->
            reduced(divide, divide.operand(1), exponentials, ReducerBody.SUM)
                .map(d -> unshifted(e, d))
                .map(s ->
                    divide.result(
                        divide.aten("softmax", divide.whole(s.input()), (long) s.dimension()))));
  }

  /** {@code (x - max x) - log sum exp(x - max x)}, also without the maximum. */
  static Optional<Held> ofDifference(HloCall subtract) {
    Held shifted = subtract.operand(0);
    Optional<HloCall> log =
        subtract
            .definition(unplaced(subtract, subtract.operand(1)))
            .filter(l -> l.isOf("stablehlo.log"));
    if (log.isEmpty()) {
      return Optional.empty();
    }
    HloCall logarithm = log.orElseThrow();
    Optional<HloCall> sum = reduction(logarithm, logarithm.operand(0));
    Optional<HloCall> exponential =
        sum.flatMap(r -> r.definition(r.operand(0))).filter(e -> e.isOf("stablehlo.exponential"));
    if (exponential.isEmpty()
        || exponential.orElseThrow().operand(0).binding() != shifted.binding()) {
      return Optional.empty();
    }
    HloCall e = exponential.orElseThrow();
    return over(sum.orElseThrow(), ReducerBody.SUM)
        .filter(d -> isPlaced(subtract.operand(1), d))
        .map(d -> unshifted(e, d))
        .map(s ->
            subtract.result(
                subtract.aten("log_softmax", subtract.whole(s.input()), (long) s.dimension())));
  }

  /** The argument of an exponential, without the maximum that is subtracted from it. */
  private static Along unshifted(HloCall exponential, int dimension) {
    Held argument = exponential.operand(0);
    return exponential
        .definition(argument)
        .filter(s -> s.isOf("stablehlo.subtract"))
        .filter(s ->
            reduced(s, s.operand(1), s.operand(0), ReducerBody.MAXIMUM)
                .filter(d -> d == dimension)
                .isPresent())
        .map(s -> new Along(s.operand(0), dimension))
        .orElse(new Along(argument, dimension));
  }

  /** The dimension that a value is the reduction of another over, broadcast again. */
  private static Optional<Integer> reduced(HloCall call, Held value, Held of, ReducerBody body) {
    return reduction(call, value)
        .filter(r -> r.operand(0).binding() == of.binding() && of.isWhole())
        .flatMap(r -> over(r, body))
        .filter(d -> isPlaced(value, d));
  }

  private static Optional<HloCall> reduction(HloCall call, Held value) {
    return call.definition(unplaced(call, value))
        .filter(r -> r.isOf("stablehlo.reduce") && r.operandCount() == 2);
  }

  /** Whether an operation is the reduction of one tensor by a body, from its neutral element. */
  static boolean isFold(HloCall reduce, ReducerBody body) {
    if (!reduce.isOf("stablehlo.reduce") || reduce.operandCount() != 2) {
      return false;
    }
    Held start = reduce.operand(1);
    return start
            .number()
            .filter(n -> ReductionOperations.isNeutral(n, body, reduce.dtype(start.type())))
            .isPresent()
        && ReducerBody.of(reduce).filter(b -> b == body).isPresent();
  }

  /** The only dimension of a reduction by a body. */
  private static Optional<Integer> over(HloCall reduce, ReducerBody body) {
    List<Long> dimensions = reduce.integers("dimensions");
    return dimensions.size() == 1 && isFold(reduce, body)
        ? Optional.of(reduce.dimension(dimensions.getFirst(), reduce.type(0).rank()))
        : Optional.empty();
  }

  /** Whether a value is held with 1 along the dimension and whole along all others. */
  private static boolean isPlaced(Held value, int dimension) {
    for (int d = 0; d < value.type().rank(); d++) {
      long held = value.extents().get(d);
      if (d == dimension ? held != 1 : held != value.type().extents().get(d)) {
        return false;
      }
    }
    return true;
  }

  /** A value before it got dimensions of 1 and was broadcast; dimensions stay in their order. */
  static Held unplaced(HloCall call, Held value) {
    Held out = value;
    Optional<HloCall> made = call.definition(out);
    while (made.isPresent()) {
      HloCall by = made.orElseThrow();
      boolean moves =
          by.isOf("stablehlo.broadcast_in_dim") && increases(by)
              || by.isOf("stablehlo.reshape") && sameExtents(by);
      if (!moves) {
        return out;
      }
      out = by.operand(0);
      made = by.definition(out);
    }
    return out;
  }

  private static boolean increases(HloCall broadcast) {
    List<Long> places = broadcast.integers("broadcast_dimensions", broadcast.type(0).rank(), -1);
    for (int i = 1; i < places.size(); i++) {
      if (places.get(i) <= places.get(i - 1)) {
        return false;
      }
    }
    return true;
  }

  private static boolean sameExtents(HloCall reshape) {
    return without1(reshape.type(0).extents()).equals(without1(reshape.resultType(0).extents()));
  }

  private static List<Long> without1(List<Long> extents) {
    return extents.stream().filter(e -> e != 1).toList();
  }
}
