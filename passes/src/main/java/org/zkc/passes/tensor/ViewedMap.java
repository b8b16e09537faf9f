package org.zkc.passes.tensor;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.zkc.ir.Op;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.view.Reshape;
import org.zkc.ir.view.Transpose;
import org.zkc.ir.view.UnaryView;
import org.zkc.passes.Rewrite.Scope;

/**
 * A convolution or linear map with the reshapes and transposes behind it, none of which anything
 * else reads.
 *
 * @param views in the order of evaluation
 */
record ViewedMap(Op map, int channelAxis, List<UnaryView> views) {
  ViewedMap {
    views = List.copyOf(views);
  }

  /** The map that a value is a result of; empty for other values, and ones with other readers. */
  static Optional<ViewedMap> of(Value value, Scope scope) {
    List<UnaryView> views = new ArrayList<>();
    Value at = value;
    while (scope.isReadOnce(at)) {
      Optional<Op> definition = scope.definition(at);
      if (definition.isEmpty()) {
        return Optional.empty();
      }
      Op op = definition.get();
      if (op instanceof Reshape || op instanceof Transpose) {
        views.add((UnaryView) op);
        at = ((UnaryView) op).input();
        continue;
      }
      Optional<Integer> axis = ChannelAffine.outputAxis(op);
      Collections.reverse(views);
      return axis.map(a -> new ViewedMap(op, a, views));
    }
    return Optional.empty();
  }

  private Value output() {
    return map.definitions().getFirst();
  }

  /**
   * The element of a constant that each output channel meets where the constant, broadcast, meets
   * the last view; empty where it varies otherwise.
   */
  Optional<double[]> perChannel(TensorData constant) {
    Shape mapped = output().shape();
    if (constant.elementCount() > mapped.extent(channelAxis)) {
      return Optional.empty();
    }
    Shape last = views.isEmpty() ? mapped : views.getLast().result().shape();
    Spread spread = new Spread(aligned(constant.shape(), last), constant.toDoubles());
    for (int k = views.size() - 1; k >= 0; k--) {
      UnaryView view = views.get(k);
      Optional<Spread> before =
          view instanceof Transpose t
              ? Optional.of(spread.before(t.permutation()))
              : spread.before(view.input().shape(), view.result().shape());
      if (before.isEmpty()) {
        return Optional.empty();
      }
      spread = before.get();
    }
    return spread.along(channelAxis, mapped.extent(channelAxis));
  }

  private static List<Integer> aligned(Shape shape, Shape to) {
    List<Integer> extents = new ArrayList<>(Collections.nCopies(to.rank() - shape.rank(), 1));
    extents.addAll(shape.extents());
    return extents;
  }

  /** Defines {@code result} as the views of the map followed by an affine function; see there. */
  boolean fold(ChannelAffine affine, Value result, Scope scope) {
    if (views.isEmpty()) {
      return affine.foldInto(map, result, scope);
    }
    Value at = scope.fresh(output().name(), output().type());
    if (!affine.foldInto(map, at, scope)) {
      return false;
    }
    for (int k = 0; k < views.size(); k++) {
      Value seen = views.get(k).result();
      Value next = k == views.size() - 1 ? result : scope.fresh(seen.name(), seen.type());
      if (views.get(k) instanceof Transpose t) {
        scope.define(new Transpose(next, at, t.permutation(), t.location()));
      } else {
        scope.define(new Reshape(next, at, views.get(k).location()));
      }
      at = next;
    }
    return true;
  }

  /**
   * Elements that are broadcast to a tensor of the same rank.
   *
   * @param extents the tensor's or 1, on each axis
   */
  private record Spread(List<Integer> extents, double[] elements) {
    /** The values whose transpose is this one. */
    Spread before(List<Integer> permutation) {
      List<Integer> out = new ArrayList<>(extents);
      int[] steps = new int[out.size()];
      int step = 1;
      for (int k = out.size() - 1; k >= 0; k--) {
        out.set(permutation.get(k), extents.get(k));
        steps[permutation.get(k)] = step;
        step *= extents.get(k);
      }
      return gathered(out, steps);
    }

    /**
     * The values whose reshape is this one. Axes fall into groups that hold the same elements on
     * both sides, and on each group they are one element or all of them. Empty where there are no
     * elements.
     */
    Optional<Spread> before(Shape from, Shape to) {
      if (from.elementCount() == 0) {
        return Optional.empty();
      }
      List<Integer> out = new ArrayList<>();
      Spread all = this;
      int i = 0;
      int j = 0;
      while (i < from.rank() || j < to.rank()) {
        int first = j;
        int own = out.size();
        long before = 1;
        long after = 1;
        do {
          if (j == to.rank() || before < after && i < from.rank()) {
            out.add(from.extent(i));
            before *= from.extent(i++);
          } else {
            after *= to.extent(j++);
          }
        } while (before != after);
        boolean isOne = extents.subList(first, j).stream().allMatch(e -> e == 1);
        if (isOne) {
          Collections.fill(out.subList(own, out.size()), 1);
        } else {
          all = all.whole(first, j, to);
        }
      }
      return Optional.of(new Spread(out, all.elements));
    }

    /** This with all elements of the tensor on axes from {@code first} until {@code end}. */
    private Spread whole(int first, int end, Shape to) {
      List<Integer> out = new ArrayList<>(extents);
      int[] steps = new int[out.size()];
      int step = 1;
      for (int k = out.size() - 1; k >= 0; k--) {
        steps[k] = extents.get(k) == 1 ? 0 : step;
        step *= extents.get(k);
        if (k >= first && k < end) {
          out.set(k, to.extent(k));
        }
      }
      return gathered(out, steps);
    }

    private Spread gathered(List<Integer> shape, int[] steps) {
      int count = shape.stream().reduce(1, Math::multiplyExact);
      double[] out = new double[count];
      for (int e = 0; e < count; e++) {
        int rest = e;
        int at = 0;
        for (int k = shape.size() - 1; k >= 0; k--) {
          at += rest % shape.get(k) * steps[k];
          rest /= shape.get(k);
        }
        out[e] = elements[at];
      }
      return new Spread(shape, out);
    }

    /** The elements along an axis, where they do not vary along another one. */
    Optional<double[]> along(int axis, int extent) {
      for (int k = 0; k < extents.size(); k++) {
        if (k != axis && extents.get(k) != 1) {
          return Optional.empty();
        }
      }
      double[] out = new double[extent];
      for (int c = 0; c < extent; c++) {
        out[c] = elements[extents.get(axis) == 1 ? 0 : c];
      }
      return Optional.of(out);
    }
  }
}
