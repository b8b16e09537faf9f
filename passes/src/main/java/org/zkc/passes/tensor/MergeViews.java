package org.zkc.passes.tensor;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.zkc.ir.Op;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorType;
import org.zkc.ir.Value;
import org.zkc.ir.view.Broadcast;
import org.zkc.ir.view.Concatenate;
import org.zkc.ir.view.Pad;
import org.zkc.ir.view.Reshape;
import org.zkc.ir.view.Slice;
import org.zkc.ir.view.Transpose;

/**
 * Two views of one kind in a row are one, and views that change nothing go.
 *
 * <pre>
 *   reshape(reshape(x)) = reshape(x)                transpose(transpose(x, p), q) = transpose(x, p[q])
 *   slice(slice(x)) = slice(x)                      broadcast(broadcast(x)) = broadcast(x)
 *   pad(pad(x, v), v) = pad(x, v)                   transpose(x) = reshape(x) when only axes of extent 1 move
 *   concatenate(x) = x                              slice(concatenate(x, y)) = slice(x) when all of it lies in x
 *   slice(reshape(concatenate(x, y))) = reshape(slice(x)) when all of it lies in x and the reshape keeps the axis
 * </pre>
 */
public final class MergeViews extends TensorRewrite {
  public MergeViews() {
    super("merge-views", "Makes one view of two in a row and removes those that change nothing.");
  }

  @Override
  public boolean rewrite(Op op, Scope scope) {
    return switch (op) {
      case Reshape r -> reshape(r, scope);
      case Transpose t -> transpose(t, scope);
      case Slice s -> slice(s, scope);
      case Broadcast b -> broadcast(b, scope);
      case Pad p -> pad(p, scope);
      case Concatenate c when c.inputs().size() == 1 ->
          unchanged(c.result(), c.inputs().getFirst(), scope);
      default -> false;
    };
  }

  private static boolean unchanged(Value result, Value input, Scope scope) {
    scope.replace(result, input);
    return true;
  }

  private static boolean reshape(Reshape op, Scope scope) {
    boolean changes = !op.result().shape().equals(op.input().shape());
    if (changes && !(scope.definition(op.input()).orElse(null) instanceof Reshape)) {
      return false;
    }
    return reshaped(op, op.result(), op.input(), scope);
  }

  /** Makes a value the reshape of another, which may be made by reshapes. */
  private static boolean reshaped(Op op, Value result, Value input, Scope scope) {
    Value at = input;
    while (scope.definition(at).orElse(null) instanceof Reshape before) {
      at = before.input();
    }
    if (result.shape().equals(at.shape())) {
      return unchanged(result, at, scope);
    }
    scope.define(new Reshape(result, at, op.location()));
    return true;
  }

  private static boolean transpose(Transpose op, Scope scope) {
    List<Integer> permutation = op.permutation();
    Value input = op.input();
    boolean merged = false;
    if (scope.definition(input).orElse(null) instanceof Transpose before) {
      List<Integer> first = before.permutation();
      permutation = permutation.stream().map(first::get).toList();
      input = before.input();
      merged = true;
    }
    if (permutation.equals(IntStream.range(0, permutation.size()).boxed().toList())) {
      return unchanged(op.result(), input, scope);
    }
    Shape shape = input.shape();
    List<Integer> moved = permutation.stream().filter(axis -> shape.extent(axis) != 1).toList();
    if (moved.equals(moved.stream().sorted().toList())) {
      return reshaped(op, op.result(), input, scope);
    }
    if (merged) {
      scope.define(new Transpose(op.result(), input, permutation, op.location()));
    }
    return merged;
  }

  private static boolean slice(Slice op, Scope scope) {
    if (op.result().shape().equals(op.input().shape())) {
      return unchanged(op.result(), op.input(), scope);
    }
    Op defined = scope.definition(op.input()).orElse(null);
    if (defined instanceof Concatenate joined) {
      return sliceOfOne(op, joined, scope);
    }
    if (defined instanceof Reshape reshaped
        && scope.definition(reshaped.input()).orElse(null) instanceof Concatenate joined) {
      return sliceOfReshaped(op, joined, scope);
    }
    if (!(defined instanceof Slice before)) {
      return false;
    }
    List<Integer> starts = new ArrayList<>();
    List<Integer> limits = new ArrayList<>();
    List<Integer> strides = new ArrayList<>();
    for (int axis = 0; axis < op.starts().size(); axis++) {
      int step = before.strides().get(axis);
      int start = before.starts().get(axis) + op.starts().get(axis) * step;
      int count = op.result().shape().extent(axis);
      int stride = op.strides().get(axis) * step;
      starts.add(Math.min(start, before.input().shape().extent(axis)));
      limits.add(count == 0 ? starts.get(axis) : start + (count - 1) * stride + 1);
      strides.add(stride);
    }
    scope.define(new Slice(op.result(), before.input(), starts, limits, strides, op.location()));
    return true;
  }

  /** A slice that takes elements of one of the tensors that were concatenated is one of it. */
  private static boolean sliceOfOne(Slice op, Concatenate joined, Scope scope) {
    int axis = joined.axis();
    Optional<Slice> of = within(op, axis, op.starts(), op.limits(), op.strides(), joined);
    if (of.isEmpty()) {
      return false;
    }
    if (of.get().input().shape().equals(op.result().shape())) {
      return unchanged(op.result(), of.get().input(), scope);
    }
    scope.define(of.get());
    return true;
  }

  /**
   * A slice along an axis that the reshape of a concatenation keeps takes elements of one of the
   * tensors: a head's scores, say, have the scale of the scores and not that of the boxes beside
   * them.
   */
  private static boolean sliceOfReshaped(Slice op, Concatenate joined, Scope scope) {
    Shape wide = op.input().shape();
    List<Integer> cut =
        IntStream.range(0, wide.rank())
            .filter(a -> op.result().shape().extent(a) != wide.extent(a))
            .boxed()
            .toList();
    int axis = joined.axis();
    Shape whole = joined.result().shape();
    if (cut.size() != 1
        || wide.extent(cut.getFirst()) != whole.extent(axis)
        || wide.strides()[cut.getFirst()] != whole.strides()[axis]) {
      return false;
    }
    int own = cut.getFirst();
    List<Integer> starts = new ArrayList<>(Collections.nCopies(whole.rank(), 0));
    List<Integer> limits = new ArrayList<>(whole.extents());
    List<Integer> strides = new ArrayList<>(Collections.nCopies(whole.rank(), 1));
    starts.set(axis, op.starts().get(own));
    limits.set(axis, op.limits().get(own));
    strides.set(axis, op.strides().get(own));
    Optional<Slice> of = within(op, own, starts, limits, strides, joined);
    if (of.isEmpty()) {
      return false;
    }
    Value part = of.get().input();
    Shape taken = part.shape().with(axis, op.result().shape().extent(own));
    if (!part.shape().equals(taken)) {
      Slice slice = of.get();
      Value fresh =
          scope.fresh(op.result().name(), new TensorType(op.result().tensorType().dtype(), taken));
      part =
          scope.value(
              new Slice(
                  fresh, part, slice.starts(), slice.limits(), slice.strides(), op.location()));
    }
    return reshaped(op, op.result(), part, scope);
  }

  /**
   * The slice of the one tensor that a slice of a concatenation takes elements of; empty where
   * there are several, or no elements.
   *
   * @param own the axis of the slice's result that the tensors stand along
   */
  private static Optional<Slice> within(
      Slice op,
      int own,
      List<Integer> starts,
      List<Integer> limits,
      List<Integer> strides,
      Concatenate joined) {
    int axis = joined.axis();
    int count = op.result().shape().extent(own);
    int first = starts.get(axis);
    int last = first + (count - 1) * strides.get(axis);
    int offset = 0;
    for (Value part : joined.inputs()) {
      int extent = part.shape().extent(axis);
      if (op.result().shape().elementCount() > 0 && first < offset + extent) {
        List<Integer> from = new ArrayList<>(starts);
        List<Integer> to = new ArrayList<>(limits);
        from.set(axis, first - offset);
        to.set(axis, last - offset + 1);
        return last < offset + extent
            ? Optional.of(new Slice(op.result(), part, from, to, strides, op.location()))
            : Optional.empty();
      }
      offset += extent;
    }
    return Optional.empty();
  }

  private static boolean broadcast(Broadcast op, Scope scope) {
    if (op.result().shape().equals(op.input().shape())) {
      return unchanged(op.result(), op.input(), scope);
    }
    Optional<Op> before = scope.definition(op.input());
    if (before.orElse(null) instanceof Broadcast b) {
      scope.define(new Broadcast(op.result(), b.input(), op.location()));
      return true;
    }
    return false;
  }

  private static boolean pad(Pad op, Scope scope) {
    if (op.result().shape().equals(op.input().shape())) {
      return unchanged(op.result(), op.input(), scope);
    }
    if (!(scope.definition(op.input()).orElse(null) instanceof Pad before)
        || before.value().doubleValue() != op.value().doubleValue()) {
      return false;
    }
    scope.define(
        new Pad(
            op.result(),
            before.input(),
            sum(before.low(), op.low()),
            sum(before.high(), op.high()),
            op.value(),
            op.location()));
    return true;
  }

  private static List<Integer> sum(List<Integer> a, List<Integer> b) {
    return IntStream.range(0, a.size()).mapToObj(k -> a.get(k) + b.get(k)).toList();
  }
}
