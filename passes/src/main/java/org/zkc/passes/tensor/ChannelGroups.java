package org.zkc.passes.tensor;

import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.zkc.ir.Function;
import org.zkc.ir.Op;
import org.zkc.ir.Uses;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Add;
import org.zkc.ir.tensor.BatchNorm;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.tensor.Conv;
import org.zkc.ir.tensor.Linear;
import org.zkc.ir.tensor.MaxPool;
import org.zkc.ir.tensor.Relu;
import org.zkc.ir.tensor.Subtract;
import org.zkc.ir.tensor.TensorOp;
import org.zkc.ir.tensor.WindowMean;
import org.zkc.ir.view.Concatenate;
import org.zkc.ir.view.Pad;
import org.zkc.ir.view.Reshape;

/**
 * Finds the channels (indices on axis 1) of values that must be multiplied by one factor for the
 * program to stay the same but for the parameters of its maps. Maps begin new groups: their rows
 * absorb a factor, and the columns of the maps that read the channel its inverse. An op that is
 * linear and positively homogeneous hands groups on; any other op that reads a channel fixes its
 * factor to 1. The method is union-find, near linear in the number of channels.
 */
final class ChannelGroups {
  /** The group of channels whose factor is 1. */
  private static final int FIXED = 0;

  /** The groups of a value of any width whose factors are all 1. */
  private static final int[] ALL_FIXED = {};

  /**
   * Channels that concatenations and reshapes number anew, all together. Networks have thousands;
   * an archive that doubles a tensor line by line has no end of them.
   */
  private static final int MOST_RENUMBERED = 1 << 24;

  private final Uses uses;
  private final Map<Value, int[]> channels = new IdentityHashMap<>();

  private long renumbered;
  private int[] parents = new int[1 << 10];
  private int count = 1;

  ChannelGroups(Function main) {
    uses = Uses.of(main);
    main.parameters().forEach(v -> channels.put(v, ALL_FIXED));
    main.body().forEach(op -> visit((TensorOp) op));
    main.results().forEach(this::fix);
  }

  /** Whether the op is a map whose parameters may absorb factors. */
  boolean isMap(Op op) {
    return switch (op) {
      case Conv c -> isConstant(c.weight()) && c.bias().map(this::isConstant).orElse(true);
      case Linear l ->
          l.input().shape().rank() == 2
              && isConstant(l.weight())
              && l.bias().map(this::isConstant).orElse(true);
      case BatchNorm b ->
          isConstant(b.mean())
              && isConstant(b.variance())
              && b.weight().map(this::isConstant).orElse(true)
              && b.bias().map(this::isConstant).orElse(true);
      default -> false;
    };
  }

  private boolean isConstant(Value value) {
    return uses.definition(value).filter(Constant.class::isInstance).isPresent();
  }

  /** The group of each channel of a value. */
  int[] of(Value value) {
    int[] own = channels(value);
    return own == ALL_FIXED ? new int[width(value)] : Arrays.stream(own).map(this::find).toArray();
  }

  /** Groups are numbered from 0; this is how many numbers there are. */
  int count() {
    return count;
  }

  /** Whether the group's factor is 1. */
  boolean isFixed(int group) {
    return find(group) == find(FIXED);
  }

  private void visit(TensorOp op) {
    Value result = op.definitions().getFirst();
    if (op instanceof Constant) {
      return;
    }
    if (isMap(op)) {
      channels.put(result, fresh(width(result)));
      return;
    }
    int @Nullable [] handedOn =
        switch (op) {
          case Relu r -> channels(r.input());
          case MaxPool m when m.kernel().size() <= m.result().shape().rank() - 2 ->
              channels(m.input());
          case WindowMean w when w.axis() > 1 -> channels(w.input());
          case Pad p when p.value().doubleValue() == 0 && width(p.result()) == width(p.input()) ->
              channels(p.input());
          case Reshape r -> reshaped(r);
          case Add a -> united(a.left(), a.right());
          case Subtract s -> united(s.left(), s.right());
          case Concatenate c when c.axis() == 1 -> joined(c);
          default -> null;
        };
    if (handedOn == null) {
      op.operands().forEach(this::fix);
      channels.put(result, ALL_FIXED);
    } else {
      channels.put(result, handedOn);
    }
  }

  /** Elements of a channel stay together: [N, C, ...] to [N, C * k], and back to [N, C, ...]. */
  private int @Nullable [] reshaped(Reshape op) {
    int from = width(op.input());
    int to = width(op.result());
    if (op.input().shape().rank() < 2
        || op.result().shape().rank() < 2
        || op.input().shape().extent(0) != op.result().shape().extent(0)
        || from == 0
        || to % from != 0) {
      return null;
    }
    int[] own = channels(op.input());
    if (own == ALL_FIXED) {
      return ALL_FIXED;
    }
    if (!renumbers(to)) {
      return null;
    }
    int[] out = new int[to];
    for (int i = 0; i < to; i++) {
      out[i] = own[i / (to / from)];
    }
    return out;
  }

  private int[] united(Value left, Value right) {
    int[] first = channels(left);
    int[] other = channels(right);
    if (first == ALL_FIXED || other == ALL_FIXED) {
      fix(left);
      fix(right);
      return ALL_FIXED;
    }
    for (int i = 0; i < first.length; i++) {
      unite(first[i], other[i]);
    }
    return first;
  }

  private int @Nullable [] joined(Concatenate op) {
    List<int[]> parts = op.inputs().stream().map(this::channels).toList();
    int width = width(op.result());
    if (parts.stream().allMatch(part -> part == ALL_FIXED)) {
      return ALL_FIXED;
    }
    if (!renumbers(width)) {
      return null;
    }
    int[] out = new int[width];
    int at = 0;
    for (int k = 0; k < parts.size(); k++) {
      // Fixed channels keep 0, the array's initial value.
      System.arraycopy(parts.get(k), 0, out, at, parts.get(k).length);
      at += width(op.inputs().get(k));
    }
    return out;
  }

  private boolean renumbers(int width) {
    renumbered += width;
    return renumbered <= MOST_RENUMBERED;
  }

  /** Constants are read at factor 1. */
  private int[] channels(Value value) {
    return channels.getOrDefault(value, ALL_FIXED);
  }

  private void fix(Value value) {
    for (int group : channels(value)) {
      unite(group, FIXED);
    }
  }

  private static int width(Value value) {
    return value.shape().rank() < 2 ? 1 : value.shape().extent(1);
  }

  private int[] fresh(int width) {
    int[] out = new int[width];
    for (int i = 0; i < width; i++) {
      if (count == parents.length) {
        parents = Arrays.copyOf(parents, 2 * count);
      }
      parents[count] = count;
      out[i] = count++;
    }
    return out;
  }

  private int find(int group) {
    int root = group;
    while (parents[root] != root) {
      root = parents[root];
    }
    while (parents[group] != root) {
      int next = parents[group];
      parents[group] = root;
      group = next;
    }
    return root;
  }

  private void unite(int a, int b) {
    parents[find(a)] = find(b);
  }
}
