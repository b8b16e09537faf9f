package org.zkc.passes.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.zkc.ir.DType;
import org.zkc.ir.Function;
import org.zkc.ir.Shape;
import org.zkc.ir.Uses;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Add;
import org.zkc.ir.tensor.Attention;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.tensor.Linear;
import org.zkc.ir.tensor.MatMul;
import org.zkc.ir.tensor.Multiply;
import org.zkc.ir.tensor.Relu;
import org.zkc.ir.tensor.Subtract;
import org.zkc.ir.tensor.TensorOp;
import org.zkc.ir.view.Broadcast;
import org.zkc.ir.view.Concatenate;
import org.zkc.ir.view.Reshape;
import org.zkc.ir.view.Slice;
import org.zkc.ir.view.Transpose;

/**
 * The factors that elements of values may be divided by when the rows and columns of linear maps
 * take them back. Rows of a map begin with factors of their own; ops that are linear in a value
 * hand them on; where two computed values are multiplied and summed, a factor of one is the inverse
 * of the other's; any other op asks for factors of 1.
 */
final class BilinearChannels {
  private final Uses uses;
  private final SignedGroups groups = new SignedGroups();

  /** The group of each element; none for constants. */
  private final Map<Value, ChannelLabels> labels = new IdentityHashMap<>();

  private final Map<Value, int[]> rows = new IdentityHashMap<>();
  private final Map<Value, int[]> columns = new IdentityHashMap<>();
  private final Map<Value, Boolean> read = new IdentityHashMap<>();
  private final List<Value> order = new ArrayList<>();
  private final List<Reading> readings = new ArrayList<>();

  /**
   * A value whose precision counts: what a map, or a product of two computed values, reads.
   *
   * @param places per element, an index in {@code groups}
   * @param groups of its elements, one of each exponent
   * @param isProduct whether the value is a product of two computed values
   */
  record Reading(Value value, ChannelLabels places, int[] groups, boolean isProduct) {}

  private BilinearChannels(Uses uses) {
    this.uses = uses;
  }

  static BilinearChannels of(Function main) {
    BilinearChannels out = new BilinearChannels(Uses.of(main));
    main.parameters().forEach(v -> out.labels.put(v, zero(v)));
    main.body().forEach(op -> out.visit((TensorOp) op));
    main.results().forEach(out::fix);
    out.order.forEach(out::gather);
    return out;
  }

  SignedGroups groups() {
    return groups;
  }

  /** The values that have factors to choose. */
  List<Reading> readings() {
    return readings;
  }

  /** Indices of the readings of each value. */
  Map<Value, List<Integer>> readingsByValue() {
    Map<Value, List<Integer>> out = new IdentityHashMap<>();
    for (int r = 0; r < readings.size(); r++) {
      out.computeIfAbsent(readings.get(r).value(), v -> new ArrayList<>()).add(r);
    }
    return out;
  }

  /** Whether rows and columns of the map may take factors. */
  boolean isMap(Linear op) {
    return isOwnConstant(op.weight()) && op.bias().map(this::isOwnConstant).orElse(true);
  }

  /** The group of each row of a map. */
  int[] rows(Linear op) {
    return Objects.requireNonNull(rows.get(op.result()), "a map was visited");
  }

  /** The group of each column of a map. */
  int[] columns(Linear op) {
    return Objects.requireNonNull(columns.get(op.result()), "a map was visited");
  }

  Constant constant(Value value) {
    return (Constant) uses.definition(value).orElseThrow();
  }

  /** Constants that others read as well cannot take one reader's factors. */
  private boolean isOwnConstant(Value value) {
    return uses.count(value) == 1 && uses.definition(value).orElse(null) instanceof Constant;
  }

  private static ChannelLabels zero(Value value) {
    return ChannelLabels.uniform(value.shape().rank(), SignedGroups.ZERO);
  }

  private void visit(TensorOp op) {
    Value result = op.result();
    if (op instanceof Constant
        || !op.operands().isEmpty() && op.operands().stream().allMatch(v -> !isComputed(v))) {
      return;
    }
    Optional<ChannelLabels> handedOn =
        result.shape().elementCount() == 0 || result.tensorType().dtype() != DType.F32
            ? Optional.empty()
            : handedOn(op);
    if (handedOn.isEmpty()) {
      op.operands().forEach(this::fix);
    }
    labels.put(result, handedOn.orElseGet(() -> zero(result)));
  }

  private boolean isComputed(Value value) {
    return labels.containsKey(value);
  }

  private ChannelLabels of(Value value) {
    return labels.getOrDefault(value, zero(value));
  }

  /** The result's labels, where the op is linear in its operands; else empty. */
  private Optional<ChannelLabels> handedOn(TensorOp op) {
    return switch (op) {
      case Linear l when isMap(l) -> Optional.of(map(l));
      case Relu r -> Optional.of(of(r.input()));
      case Multiply m -> Optional.of(product(m));
      case Add a -> sum(a.left(), a.right());
      case Subtract s -> sum(s.left(), s.right());
      case MatMul m -> Optional.of(matMul(m));
      case Attention a -> Optional.of(attention(a));
      case Reshape r -> Optional.of(of(r.input()).reshape(r.input().shape(), r.shape()));
      case Transpose t -> Optional.of(of(t.input()).transpose(t.permutation()));
      case Slice s -> Optional.of(of(s.input()).slice(s.starts(), s.strides(), s.shape()));
      case Broadcast b -> Optional.of(of(b.input()).broadcast(b.shape().rank()));
      case Concatenate c when c.inputs().stream().allMatch(this::isComputed) ->
          Optional.of(
              ChannelLabels.concatenate(
                  c.inputs().stream().map(this::of).toList(),
                  c.inputs().stream().map(Value::shape).toList(),
                  c.axis()));
      default -> Optional.empty();
    };
  }

  /** Columns take the input's factors, which must be the same at every index but the last. */
  private ChannelLabels map(Linear op) {
    int last = op.input().shape().rank() - 1;
    fixUnless(op.input(), last);
    read(op.input());
    columns.put(op.result(), of(op.input()).along(last, op.input().shape().extent(last)));
    int outputs = op.weight().shape().extent(0);
    int first = groups.fresh(outputs);
    int[] own = IntStream.range(first, first + outputs).toArray();
    rows.put(op.result(), own);
    int[] extents = new int[op.result().shape().rank()];
    Arrays.fill(extents, 1);
    extents[extents.length - 1] = outputs;
    return new ChannelLabels(Shape.of(extents), own);
  }

  /** Factors of one operand; where both have some, the left one's become 1. */
  private ChannelLabels product(Multiply op) {
    if (!isComputed(op.right())) {
      return of(op.left());
    }
    if (!isComputed(op.left())) {
      return of(op.right());
    }
    boolean isLeftFree = isFree(op.left());
    if (isLeftFree && isFree(op.right()) || op.left() == op.right()) {
      fix(op.left());
      isLeftFree = false;
    }
    ChannelLabels out =
        isLeftFree
            ? ChannelLabels.combine(of(op.left()), of(op.right()), (l, r) -> l)
            : ChannelLabels.combine(of(op.left()), of(op.right()), (l, r) -> r);
    balance(out);
    return out;
  }

  private boolean isFree(Value value) {
    return Arrays.stream(of(value).numbers()).anyMatch(g -> !groups.isZero(g));
  }

  private Optional<ChannelLabels> sum(Value left, Value right) {
    if (!isComputed(left) || !isComputed(right)) {
      return Optional.empty();
    }
    return Optional.of(
        ChannelLabels.combine(
            of(left),
            of(right),
            (l, r) -> {
              groups.unite(l, r, 1);
              return r;
            }));
  }

  /** A factor at an index that is summed over is the inverse of the other operand's. */
  private ChannelLabels matMul(MatMul op) {
    int rank = op.result().shape().rank();
    ChannelLabels left = summed(op.left(), rank);
    ChannelLabels right = summed(op.right(), rank);
    read(op.left());
    read(op.right());
    if (left.isUniform(rank - 1) && right.isUniform(rank - 1)) {
      ChannelLabels columnsOfResult = swapped(right);
      // The left operand's are 1: only one operand hands on.
      fix(op.left());
      balance(columnsOfResult);
      return columnsOfResult;
    }
    ChannelLabels met =
        ChannelLabels.combine(
            left,
            right,
            (l, r) -> {
              groups.unite(l, r, -1);
              return l;
            });
    balance(met);
    return zero(op.result());
  }

  /** The labels of an operand, which must vary over summed indices or over the others alone. */
  private ChannelLabels summed(Value operand, int rank) {
    ChannelLabels own = of(operand);
    int last = own.shape().rank() - 1;
    if (!own.isUniform(last) && !own.isUniform(last - 1)) {
      fix(operand);
    }
    return of(operand).broadcast(rank);
  }

  private static ChannelLabels swapped(ChannelLabels labels) {
    int rank = labels.shape().rank();
    List<Integer> permutation = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
    Collections.swap(permutation, rank - 1, rank - 2);
    return labels.transpose(permutation);
  }

  private ChannelLabels attention(Attention op) {
    fix(op.scores());
    op.mask().ifPresent(this::fix);
    int rank = op.result().shape().rank();
    int last = op.values().shape().rank() - 1;
    if (!of(op.values()).isUniform(last)) {
      fix(op.values());
      return zero(op.result());
    }
    ChannelLabels out = swapped(of(op.values()).broadcast(rank));
    balance(out);
    return out;
  }

  private void balance(ChannelLabels met) {
    for (int g : met.numbers()) {
      groups.balance(g);
    }
  }

  /** Factors become 1 unless they are the same on all axes but one. */
  private void fixUnless(Value value, int axis) {
    ChannelLabels own = of(value);
    for (int k = 0; k < own.shape().rank(); k++) {
      if (k != axis && !own.isUniform(k)) {
        fix(value);
        return;
      }
    }
  }

  /** All factors of the value are 1. */
  private void fix(Value value) {
    ChannelLabels own = labels.get(value);
    if (own != null) {
      for (int g : own.numbers()) {
        groups.unite(g, SignedGroups.ZERO, 1);
      }
      labels.put(value, zero(value));
    }
  }

  private void read(Value value) {
    if (isComputed(value) && read.put(value, true) == null) {
      order.add(value);
    }
  }

  /** Makes a reading of a value that has factors to choose. */
  private void gather(Value value) {
    ChannelLabels own = of(value);
    if (Arrays.stream(own.numbers()).noneMatch(groups::isBalanced)) {
      return;
    }
    Map<Integer, Integer> places = new HashMap<>();
    List<Integer> distinct = new ArrayList<>();
    int[] place = new int[own.numbers().length];
    for (int i = 0; i < place.length; i++) {
      int group = own.numbers()[i];
      // The same exponent, not its negative.
      int exponent = 2 * groups.root(group) + (groups.sign(group) > 0 ? 1 : 0);
      place[i] =
          places.computeIfAbsent(
              exponent,
              e -> {
                distinct.add(group);
                return distinct.size() - 1;
              });
    }
    readings.add(
        new Reading(
            value,
            new ChannelLabels(own.shape(), place),
            distinct.stream().mapToInt(g -> g).toArray(),
            isProduct(value)));
  }

  private boolean isProduct(Value value) {
    return switch (uses.definition(value).orElse(null)) {
      case Multiply m -> isComputed(m.left()) && isComputed(m.right());
      case Reshape r -> isProduct(r.input());
      case Transpose t -> isProduct(t.input());
      case null, default -> false;
    };
  }
}
