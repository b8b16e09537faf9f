package org.zkc.gkr.circuit;

import java.util.List;
import java.util.Objects;

/**
 * Bounds on the 2-norms of a tensor's lines along its last axis. They follow from what the circuit
 * enforces about a {@link Normalize}, and about its result after a requantisation by a clamp that
 * holds 0 or after line by line moves.
 */
final class LineNorms {
  /** No bound. */
  static final long UNKNOWN = -1;

  private LineNorms() {}

  /**
   * With c the constant, y the root of V = |x|^2 + c rounded down and r the reciprocal of y: |x|^2
   * is at most y^2 + 2y - c, so |x| / y at most sqrt(1 + 1/c), and y r at most 2^bits + y / 2.
   */
  static long normalized(Normalize n, CheckState state) {
    // The check of n has established both.
    Reciprocal r = (Reciprocal) Objects.requireNonNull(state.definition(n.reciprocal()));
    EuclideanNorm norm = (EuclideanNorm) Objects.requireNonNull(state.definition(r.source()));
    long most = (1L << r.bits()) + state.source(r.source()).high() / 2 + 1;
    // Two roundings of doubles to 2^-52 each of a number below 2^31: 1 covers them.
    return (long) Math.ceil(most * Math.sqrt(1 + 1.0 / norm.constant())) + 1;
  }

  /**
   * Rounding moves an element of n by 1/2 at most, a line by sqrt(n) / 2; a clamp to an interval
   * around 0 moves none away from 0.
   */
  static long requantized(Requantize r, CheckState state) {
    long of = state.lineNorm(r.source());
    if (of == UNKNOWN
        || !(state.circuit().tables().get(r.table()) instanceof Table.Clamp clamp)
        || clamp.low() > 0
        || clamp.high() < 0) {
      return UNKNOWN;
    }
    if (r.shift() == 0) {
      return of;
    }
    List<Integer> shape = state.tensor(r.source()).shape();
    long shifted = (of + (1L << r.shift()) - 1) >> r.shift();
    return shifted + (NormCheck.root(shape.getLast()) + 2) / 2;
  }

  /** Every line of the result is one of the source times the coefficient, or 0. */
  static long moved(Affine a, CheckState state) {
    if (a.terms().size() != 1 || !a.constants().isEmpty()) {
      return UNKNOWN;
    }
    Affine.Term term = a.terms().getFirst();
    long of = state.lineNorm(term.source());
    if (of == UNKNOWN) {
      return UNKNOWN;
    }
    List<Integer> shape = state.tensor(term.source()).shape();
    for (ViewStep step : term.steps()) {
      int last = shape.size() - 1;
      List<Integer> outcome = ViewSemantics.outcomeShape(shape, step);
      boolean leavesLines =
          switch (step) {
            case ViewStep.Permute p -> p.permutation().getLast() == last;
            case ViewStep.Reshape r ->
                !outcome.isEmpty() && outcome.getLast().equals(shape.getLast());
            case ViewStep.Window w -> w.axis() != last && w.taps() == 1;
            case ViewStep.Ranges _, ViewStep.Unfold _ -> false;
          };
      if (!leavesLines) {
        return UNKNOWN;
      }
      shape = outcome;
    }
    return Math.multiplyExact(of, Math.abs(term.coefficient()));
  }
}
