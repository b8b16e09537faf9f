package org.zkc.runtime.emit;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import org.zkc.gkr.circuit.Affine;
import org.zkc.gkr.circuit.ViewStep;
import org.zkc.ir.view.Broadcast;
import org.zkc.ir.view.Concatenate;
import org.zkc.ir.view.Pad;
import org.zkc.ir.view.Slice;
import org.zkc.ir.view.Transpose;

/** The forms of views, given those of their operands. */
final class ViewForms {
  private ViewForms() {}

  /** Each input moved to its place, zero elsewhere, and the sum of all. */
  static AffineForm concatenate(Concatenate c, List<AffineForm> inputs) {
    List<Integer> shape = c.result().shape().extents();
    List<AffineForm> parts = new ArrayList<>();
    int before = 0;
    for (AffineForm input : inputs) {
      List<Integer> low = new ArrayList<>(Collections.nCopies(shape.size(), 0));
      low.set(c.axis(), before);
      int extent = shape.get(c.axis());
      List<ViewStep> steps =
          c.inputs().size() == 1
              ? List.of()
              : List.of(new ViewStep.Window(c.axis(), extent, 1, 1, -before, 1));
      parts.add(
          input.through(
              steps,
              1,
              shape,
              box -> new Affine.Box(box.value(), add(box.starts(), low), add(box.limits(), low))));
      before += input.shape().get(c.axis());
    }
    return AffineForm.sum(shape, parts, Collections.nCopies(parts.size(), 1L), 0);
  }

  /** The form of a slice; the operand's has no constants where a stride is not 1. */
  static AffineForm slice(Slice s, AffineForm form) {
    List<Integer> source = s.input().shape().extents();
    List<Integer> shape = s.result().shape().extents();
    List<ViewStep> steps = new ArrayList<>();
    for (int axis = 0; axis < shape.size(); axis++) {
      if (!shape.get(axis).equals(source.get(axis))) {
        steps.add(
            new ViewStep.Window(
                axis, shape.get(axis), s.strides().get(axis), 1, s.starts().get(axis), 1));
      }
    }
    return form.through(
        steps,
        1,
        shape,
        box -> {
          List<Integer> starts = new ArrayList<>();
          List<Integer> limits = new ArrayList<>();
          for (int axis = 0; axis < shape.size(); axis++) {
            starts.add(Math.max(0, box.starts().get(axis) - s.starts().get(axis)));
            limits.add(Math.min(shape.get(axis), box.limits().get(axis) - s.starts().get(axis)));
          }
          return new Affine.Box(box.value(), starts, limits);
        });
  }

  /** The form of a tensor with a border. */
  static AffineForm pad(Pad p, AffineForm form) {
    List<Integer> shape = p.result().shape().extents();
    List<Integer> source = p.input().shape().extents();
    List<ViewStep> steps = new ArrayList<>();
    for (int axis = 0; axis < shape.size(); axis++) {
      if (!shape.get(axis).equals(source.get(axis))) {
        steps.add(new ViewStep.Window(axis, shape.get(axis), 1, 1, -p.low().get(axis), 1));
      }
    }
    UnaryOperator<Affine.Box> move =
        box -> new Affine.Box(box.value(), add(box.starts(), p.low()), add(box.limits(), p.low()));
    AffineForm moved = form.through(steps, 1, shape, move);
    long value = p.value().longValue();
    if (value == 0 || steps.isEmpty()) {
      return moved;
    }
    // The border is everything less the inside.
    List<Affine.Box> boxes = new ArrayList<>(moved.constants());
    boxes.add(AffineForm.whole(shape, value));
    boxes.add(move.apply(AffineForm.whole(source, -value)));
    return new AffineForm(shape, moved.terms(), boxes);
  }

  /** The form of a tensor repeated along axes. */
  static AffineForm broadcast(Broadcast b, AffineForm form) {
    List<Integer> shape = b.result().shape().extents();
    List<Integer> source = b.input().shape().extents();
    int added = shape.size() - source.size();
    List<Integer> aligned = new ArrayList<>(Collections.nCopies(added, 1));
    aligned.addAll(source);
    List<ViewStep> steps = new ArrayList<>();
    if (added > 0) {
      steps.add(new ViewStep.Reshape(aligned));
    }
    for (int axis = 0; axis < shape.size(); axis++) {
      if (!shape.get(axis).equals(aligned.get(axis))) {
        steps.add(new ViewStep.Window(axis, shape.get(axis), 0, 1, 0, 1));
      }
    }
    return form.through(
        steps,
        1,
        shape,
        box -> {
          List<Integer> starts = new ArrayList<>();
          List<Integer> limits = new ArrayList<>();
          for (int axis = 0; axis < shape.size(); axis++) {
            boolean repeated = axis < added || aligned.get(axis) == 1;
            starts.add(repeated ? 0 : box.starts().get(axis - added));
            limits.add(repeated ? shape.get(axis) : box.limits().get(axis - added));
          }
          return new Affine.Box(box.value(), starts, limits);
        });
  }

  /** The form of a tensor with its axes in another order. */
  static AffineForm transpose(Transpose t, AffineForm form) {
    List<Integer> permutation = t.permutation();
    List<ViewStep> steps =
        isIdentity(permutation) ? List.of() : List.of(new ViewStep.Permute(permutation));
    return form.through(
        steps,
        1,
        t.result().shape().extents(),
        box ->
            new Affine.Box(
                box.value(),
                permute(box.starts(), permutation),
                permute(box.limits(), permutation)));
  }

  private static boolean isIdentity(List<Integer> permutation) {
    for (int k = 0; k < permutation.size(); k++) {
      if (permutation.get(k) != k) {
        return false;
      }
    }
    return true;
  }

  private static List<Integer> permute(List<Integer> list, List<Integer> permutation) {
    return permutation.stream().map(list::get).toList();
  }

  private static List<Integer> add(List<Integer> left, List<Integer> right) {
    List<Integer> out = new ArrayList<>();
    for (int k = 0; k < left.size(); k++) {
      out.add(left.get(k) + right.get(k));
    }
    return out;
  }
}
