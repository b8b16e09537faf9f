package org.zkc.runtime.emit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.zkc.gkr.circuit.Affine;
import org.zkc.gkr.circuit.ViewStep;
import org.zkc.ir.FieldBounds;

/**
 * A value that is not (yet) a tensor of the circuit: a sum of views of tensors plus constants on
 * boxes, over {@code shape}.
 */
record AffineForm(List<Integer> shape, List<Affine.Term> terms, List<Affine.Box> constants) {
  AffineForm {
    shape = List.copyOf(shape);
    terms = List.copyOf(terms);
    constants = List.copyOf(constants);
  }

  static AffineForm of(int tensor, List<Integer> shape) {
    return new AffineForm(shape, List.of(new Affine.Term(tensor, 1, List.of())), List.of());
  }

  /** Whether this is just a tensor. */
  boolean isTensor() {
    return terms.size() == 1
        && constants.isEmpty()
        && terms.getFirst().coefficient() == 1
        && terms.getFirst().steps().isEmpty();
  }

  /**
   * Whether this may be read by several users without becoming a tensor: one view and no constants.
   */
  boolean isView() {
    return terms.size() == 1 && constants.isEmpty();
  }

  /**
   * Seen through further steps; only for forms without constants, or whose constants {@code boxes}
   * maps.
   */
  AffineForm through(
      List<ViewStep> steps, long factor, List<Integer> newShape, UnaryOperator<Affine.Box> boxes) {
    List<Affine.Term> mapped = new ArrayList<>();
    for (Affine.Term term : terms) {
      mapped.add(
          new Affine.Term(term.source(), term.coefficient() * factor, append(term.steps(), steps)));
    }
    return new AffineForm(
        newShape, mapped, constants.stream().map(boxes).filter(b -> !isEmpty(b)).toList());
  }

  boolean fits(long factor) {
    return terms.stream().allMatch(t -> Math.abs(t.coefficient() * factor) < FieldBounds.LIMIT);
  }

  /** sum_k coefficients[k] forms[k] + constant; equal views are collected. */
  static AffineForm sum(
      List<Integer> shape, List<AffineForm> forms, List<Long> coefficients, long constant) {
    record View(int source, List<ViewStep> steps) {}
    Map<View, Long> views = new LinkedHashMap<>();
    List<Affine.Box> boxes = new ArrayList<>();
    for (int k = 0; k < forms.size(); k++) {
      long c = coefficients.get(k);
      for (Affine.Term term : forms.get(k).terms()) {
        views.merge(new View(term.source(), term.steps()), c * term.coefficient(), Long::sum);
      }
      for (Affine.Box box : forms.get(k).constants()) {
        boxes.add(new Affine.Box(c * box.value(), box.starts(), box.limits()));
      }
    }
    if (constant != 0) {
      boxes.add(whole(shape, constant));
    }
    List<Affine.Term> terms = new ArrayList<>();
    views.forEach((view, c) -> {
      if (c != 0) {
        terms.add(new Affine.Term(view.source(), c, view.steps()));
      }
    });
    return new AffineForm(shape, terms, boxes.stream().filter(b -> b.value() != 0).toList());
  }

  static Affine.Box whole(List<Integer> shape, long value) {
    return new Affine.Box(value, shape.stream().map(e -> 0).toList(), shape);
  }

  boolean constantsCoverWhole() {
    return constants.stream().allMatch(b -> b.equals(whole(shape, b.value())));
  }

  private static boolean isEmpty(Affine.Box box) {
    for (int axis = 0; axis < box.starts().size(); axis++) {
      if (box.starts().get(axis) >= box.limits().get(axis)) {
        return true;
      }
    }
    return box.value() == 0;
  }

  /** Concatenation, in which reshapes and permutations that follow one another become one. */
  private static List<ViewStep> append(List<ViewStep> first, List<ViewStep> second) {
    List<ViewStep> out = new ArrayList<>(first);
    for (ViewStep step : second) {
      ViewStep last = out.isEmpty() ? null : out.getLast();
      if (step instanceof ViewStep.Reshape && last instanceof ViewStep.Reshape) {
        out.set(out.size() - 1, step);
      } else if (step instanceof ViewStep.Permute p && last instanceof ViewStep.Permute q) {
        out.set(
            out.size() - 1,
            new ViewStep.Permute(
                p.permutation().stream().map(axis -> q.permutation().get(axis)).toList()));
      } else {
        out.add(step);
      }
    }
    return out;
  }
}
