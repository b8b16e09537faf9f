package org.zkc.gkr.circuit;

import static org.zkc.gkr.circuit.CheckState.inBounds;
import static org.zkc.gkr.circuit.CheckState.require;
import static org.zkc.gkr.circuit.CheckState.requirePaddedSize;
import static org.zkc.gkr.circuit.CheckState.requireShortAxes;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import org.zkc.gkr.circuit.TensorDeclaration.Role;

/** The conditions on an {@link Affine} relation, and the interval of its result. */
final class AffineCheck {
  private static final int STEPS = 64;

  private AffineCheck() {}

  static Interval interval(Affine affine, TensorDeclaration d, CheckState state) {
    require(
        !affine.terms().isEmpty() || !affine.constants().isEmpty(), "no terms and no constants");
    state.countTerms(affine.terms().size() + affine.constants().size());
    AffineBounds bounds = new AffineBounds(d.shape(), state::count);
    int degree = 1;
    for (Affine.Term term : affine.terms()) {
      Interval source = state.source(term.source());
      require(
          term.coefficient() != 0 && inBounds(term.coefficient()),
          "coefficient 0 or outside (-2^30, 2^30)");
      degree = Math.max(degree, state.degree(term.source()));
      view(term, source, d, bounds, state);
    }
    state.degree(affine.result(), degree);
    requireNoCancellation(affine);
    for (Affine.Box box : affine.constants()) {
      require(inBounds(box.value()), "constant outside (-2^30, 2^30)");
      state.count(d.elementCount());
      bounds.addInside(box);
    }
    return ExcessBounds.of(affine, state).orElseGet(bounds::interval);
  }

  /** A source whose terms cancel would leave the sweep without a claim on it. */
  private static void requireNoCancellation(Affine affine) {
    // The map is ordered and not hashed: the maker of a circuit chooses the steps, and could
    // choose steps with colliding hashes.
    TreeMap<int[], Long> sums = new TreeMap<>(Arrays::compare);
    for (Affine.Term term : affine.terms()) {
      int[] view = ViewSemantics.numbers(List.of(term.source()), term.steps());
      sums.merge(view, term.coefficient(), Math::addExact);
    }
    for (long sum : sums.values()) {
      require(sum % CheckState.P != 0, "terms cancel each other: drop them");
    }
  }

  private static int elements(List<Integer> shape) {
    int n = 1;
    for (int extent : shape) {
      n = Math.multiplyExact(n, extent);
    }
    return n;
  }

  /**
   * Adds the bounds of one term. Every source element has the same bounds, so a result element that
   * sums m of them, with weights that add up to P - N, lies in [P low - N high, P high - N low].
   */
  private static void view(
      Affine.Term term,
      Interval source,
      TensorDeclaration d,
      AffineBounds bounds,
      CheckState state) {
    TensorDeclaration from = state.tensor(term.source());
    boolean summing = false;
    boolean negative = false;
    List<Integer> shape = from.shape();
    require(term.steps().size() <= STEPS, "more than " + STEPS + " steps in a view");
    for (ViewStep step : term.steps()) {
      boolean moves = step instanceof ViewStep.Permute || step instanceof ViewStep.Reshape;
      summing |= !moves;
      // MODEL tensors seen through windows are broadcast or sliced, so they are bounded like
      // every other tensor here.
      long limit =
          from.role() == Role.MODEL && !summing
              ? CircuitLimits.MODEL_ELEMENTS
              : CircuitLimits.ELEMENTS;
      requirePaddedSize(shape, limit, "source of a step of a view");
      if (summing) {
        // The bounds of a parameter seen through windows are kept along each axis.
        requireShortAxes(shape, "source of a step of a view");
      }
      List<Integer> outcome = ViewSemantics.outcomeShape(shape, step);
      state.count(elements(shape));
      state.count(ViewSemantics.work(shape, step));
      shape = outcome;
      requirePaddedSize(shape, limit, "step of a view");
      if (summing) {
        requireShortAxes(shape, "step of a view");
      }
      negative |= step instanceof ViewStep.Ranges r && Collections.min(r.factors()) < 0;
    }
    require(shape.equals(d.shape()), "a term has shape " + shape + ", the result " + d.shape());
    if (!summing) {
      long a = Math.multiplyExact(source.low(), term.coefficient());
      long b = Math.multiplyExact(source.high(), term.coefficient());
      bounds.addEverywhere(Math.min(a, b), Math.max(a, b));
      return;
    }
    bounds.addWeighted(from.shape(), term.steps(), negative, source, term.coefficient());
  }
}
