package org.zkc.stablehlo.lower;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Optional;
import java.util.Set;
import org.zkc.torchscript.lower.Binding;

/**
 * Questions whose answer is known since real numbers that are proved are finite. Libraries ask them
 * before they treat infinities apart: {@code select(x != x, NaN, f(x))} is {@code f(x)}.
 */
final class FiniteNumbers {
  /** Operations that are looked back at for an infinite constant. */
  private static final int MOST_OPERATIONS = 64;

  private FiniteNumbers() {}

  /** The result of a comparison of real numbers that does not depend on them. */
  static Optional<Boolean> truth(HloCall call) {
    if (!call.isOf("stablehlo.compare")
        || call.operandCount() != 2
        || !ElementTypes.isReal(call.type(0))) {
      return Optional.empty();
    }
    Optional<String> direction = ReducerBody.direction(call.operation());
    Held left = call.operand(0);
    Held right = call.operand(1);
    if (left.binding() == right.binding()) {
      return direction.map(d -> d.equals("EQ") || d.equals("GE") || d.equals("LE"));
    }
    return direction
        .filter(d -> d.equals("EQ") || d.equals("NE"))
        .filter(_ ->
            isInfinite(left) && isFinite(call, right) || isInfinite(right) && isFinite(call, left))
        .map(d -> d.equals("NE"));
  }

  private static boolean isInfinite(Held value) {
    return value.number().flatMap(Elementwise::value).filter(v -> Double.isInfinite(v)).isPresent();
  }

  /** Whether a value is computed without an infinite constant, which a mask may have put there. */
  private static boolean isFinite(HloCall call, Held value) {
    Deque<Held> open = new ArrayDeque<>();
    Set<Binding> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    open.add(value);
    while (!open.isEmpty()) {
      Held next = open.remove();
      if (isInfinite(next) || seen.size() > MOST_OPERATIONS) {
        return false;
      }
      if (!seen.add(next.binding())) {
        continue;
      }
      Optional<HloCall> made = call.definition(next);
      if (made.isEmpty()) {
        continue;
      }
      HloCall by = made.orElseThrow();
      if (!by.operation().regions().isEmpty() || !call.block().module().searches(1)) {
        return false;
      }
      for (int i = 0; i < by.operandCount(); i++) {
        open.add(by.operand(i));
      }
    }
    return true;
  }
}
