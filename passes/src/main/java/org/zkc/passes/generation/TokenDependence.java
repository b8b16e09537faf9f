package org.zkc.passes.generation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.zkc.ir.Function;
import org.zkc.ir.Op;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Uses;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Add;
import org.zkc.ir.tensor.Attention;
import org.zkc.ir.tensor.BatchNorm;
import org.zkc.ir.tensor.Cast;
import org.zkc.ir.tensor.CompareZero;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.tensor.Conv;
import org.zkc.ir.tensor.Divide;
import org.zkc.ir.tensor.Elementwise;
import org.zkc.ir.tensor.IntegerBinary;
import org.zkc.ir.tensor.Linear;
import org.zkc.ir.tensor.MatMul;
import org.zkc.ir.tensor.MaxPool;
import org.zkc.ir.tensor.Multiply;
import org.zkc.ir.tensor.Normalization;
import org.zkc.ir.tensor.Softmax;
import org.zkc.ir.tensor.Subtract;
import org.zkc.ir.tensor.TensorOp;
import org.zkc.ir.tensor.TopK;
import org.zkc.ir.tensor.WindowMean;
import org.zkc.ir.view.Gather;
import org.zkc.ir.view.Pad;
import org.zkc.ir.view.View;
import org.zkc.ir.view.ViewKernel;

/**
 * For each element of each value, the latest token that the element can depend on: an evaluation of
 * the function on these numbers in place of elements. The evaluation uses what is known of
 * constants, so a product with 0, or an element that a softmax's mask excludes, depends on nothing.
 * Every answer is an upper bound. The elements are taken as reals, so rounding is no dependence.
 *
 * <p>The numbers are ordered by what they admit: {@link #ZERO}, {@link #NONZERO}, {@link #FIXED},
 * and then the positions of tokens from 0.
 */
final class TokenDependence {
  /** An element that is 0 for all tokens. */
  static final int ZERO = -3;

  /** An element of a constant that is not 0. */
  static final int NONZERO = -2;

  /** An element of which is known only that it depends on no token. */
  static final int FIXED = -1;

  private final Uses uses;
  private final Map<Value, int[]> values = new IdentityHashMap<>();

  private TokenDependence(Function main) {
    this.uses = Uses.of(main);
  }

  /**
   * Evaluates a tensor-level function.
   *
   * @param tokens a parameter; its elements are the tokens in order
   * @param keep whether the numbers of every value stay, as {@link #of} needs; otherwise those of
   *     the results alone
   */
  static TokenDependence run(Function main, Value tokens, boolean keep) {
    TokenDependence run = new TokenDependence(main);
    for (Value parameter : main.parameters()) {
      int[] numbers = new int[Math.toIntExact(parameter.shape().elementCount())];
      Arrays.setAll(numbers, i -> parameter.equals(tokens) ? i : FIXED);
      run.values.put(parameter, numbers);
    }
    Map<Value, Integer> readings = new IdentityHashMap<>();
    for (Op each : main.body()) {
      TensorOp op = (TensorOp) each;
      if (!(op instanceof Constant)) {
        run.values.put(op.result(), run.evaluate(op));
      }
      for (Value operand : op.operands()) {
        int count = readings.merge(operand, 1, Integer::sum);
        if (!keep && count == run.uses.count(operand)) {
          run.values.remove(operand);
        }
      }
    }
    return run;
  }

  /** The numbers of a value's elements, row-major; neither to be changed nor kept. */
  int[] of(Value value) {
    int[] known = values.get(value);
    if (known != null) {
      return known;
    }
    Constant constant = constant(value).orElseThrow();
    int[] numbers = new int[Math.toIntExact(constant.data().elementCount())];
    Arrays.setAll(numbers, i -> constant.data().getDouble(i) == 0 ? ZERO : NONZERO);
    values.put(value, numbers);
    return numbers;
  }

  /** The greatest of a value's numbers. */
  int latest(Value value) {
    // The weights of a large model are not looked at.
    return constant(value).isPresent() ? FIXED : Arrays.stream(of(value)).max().orElse(FIXED);
  }

  /** The number of what is computed from elements of these two numbers. */
  static int join(int left, int right) {
    return Math.max(Math.max(left, right), FIXED);
  }

  private int[] evaluate(TensorOp op) {
    return switch (op) {
      case Constant c -> of(c.result());
      case Add a -> zip(a.left(), a.right());
      case Subtract s -> zip(s.left(), s.right());
      case Multiply m -> DependenceProducts.products(of(m.left()), of(m.right()));
      case Divide d -> quotients(of(d.left()), of(d.right()));
      case Cast c -> of(c.input());
      case IntegerBinary b -> quotients(of(b.left()), of(b.right()));
      case CompareZero c -> map(c.input(), c.comparison().holds(0) ? NONZERO : ZERO);
      case Elementwise e -> map(e.input(), e.apply(0) == 0 ? ZERO : FIXED);
      case BatchNorm b -> batchNorm(b);
      case Linear l -> linear(l);
      case MatMul m -> DependenceProducts.matMul(m.result().shape(), of(m.left()), right(m));
      case Conv c -> DependenceWindows.conv(c, of(c.input()), weights(c), others(c));
      case MaxPool p -> DependenceWindows.maxPool(p, of(p.input()));
      case WindowMean w -> DependenceWindows.mean(w, of(w.input()));
      case Softmax s ->
          softmax(of(s.input()), s.mask().map(this::of).orElse(null), s.input().shape(), s.axis());
      case Normalization n ->
          DependenceWindows.lines(of(n.input()), n.input().shape(), n.axis(), -1);
      case TopK t -> DependenceWindows.lines(of(t.input()), t.input().shape(), t.axis(), t.k());
      case Attention a -> {
        Shape scores = a.scores().shape();
        int[] weights =
            softmax(of(a.scores()), a.mask().map(this::of).orElse(null), scores, scores.rank() - 1);
        yield DependenceProducts.matMul(
            a.result().shape(),
            weights,
            DependenceProducts.Matrices.of(a.values().shape(), of(a.values())));
      }
      case Gather g -> gather(g);
      case View v -> view(v);
    };
  }

  private DependenceProducts.Matrices right(MatMul op) {
    return DependenceProducts.Matrices.of(op.right().shape(), of(op.right()));
  }

  private int[] zip(Value left, Value right) {
    int[] l = of(left);
    int[] r = of(right);
    int[] out = new int[l.length];
    Arrays.setAll(out, i -> l[i] == ZERO ? r[i] : r[i] == ZERO ? l[i] : join(l[i], r[i]));
    return out;
  }

  private static int[] quotients(int[] left, int[] right) {
    int[] out = new int[left.length];
    Arrays.setAll(
        out, i -> left[i] == ZERO && right[i] == NONZERO ? ZERO : join(left[i], right[i]));
    return out;
  }

  /** A function of one element, of which is known what becomes of 0. */
  private int[] map(Value input, int ofZero) {
    int[] x = of(input);
    int[] out = new int[x.length];
    Arrays.setAll(out, i -> x[i] == ZERO ? ofZero : Math.max(x[i], FIXED));
    return out;
  }

  private int[] batchNorm(BatchNorm op) {
    List<Value> statistics = new ArrayList<>(List.of(op.mean(), op.variance()));
    op.weight().ifPresent(statistics::add);
    op.bias().ifPresent(statistics::add);
    int others = statistics.stream().mapToInt(this::latest).max().orElse(FIXED);
    int[] x = of(op.input());
    int[] out = new int[x.length];
    Arrays.setAll(out, i -> join(x[i], others));
    return out;
  }

  private int[] linear(Linear op) {
    DependenceProducts.Matrices matrix =
        constant(op.weight())
            .map(c -> DependenceProducts.Matrices.of(c.data()))
            .orElseGet(() -> DependenceProducts.Matrices.of(op.weight().shape(), of(op.weight())));
    int[] out = DependenceProducts.matMul(op.result().shape(), of(op.input()), matrix);
    if (op.bias().isPresent()) {
      int bias = latest(op.bias().get());
      for (int i = 0; i < out.length; i++) {
        out[i] = join(out[i], bias);
      }
    }
    return out;
  }

  private Optional<TensorData> weights(Conv op) {
    return constant(op.weight()).map(Constant::data);
  }

  /** The number that weights and bias of a convolution add to each element. */
  private int others(Conv op) {
    return Math.max(latest(op.weight()), op.bias().map(this::latest).orElse(FIXED));
  }

  /**
   * The shares of a softmax. Where the mask surely includes an element of a line, those that it
   * excludes are 0, and neither they nor their scores count; otherwise all may count.
   */
  private static int[] softmax(int[] scores, int @Nullable [] mask, Shape shape, int axis) {
    int[] out = new int[scores.length];
    DependenceWindows.forEachLine(
        shape,
        axis,
        (first, step, count) -> {
          boolean isSure = mask == null;
          for (int s = 0; s < count && mask != null; s++) {
            isSure |= mask[first + s * step] == NONZERO;
          }
          int all = FIXED;
          for (int s = 0; s < count; s++) {
            int at = first + s * step;
            int included = mask == null ? NONZERO : mask[at];
            all = included == ZERO && isSure ? all : join(all, join(scores[at], included));
          }
          for (int s = 0; s < count; s++) {
            int at = first + s * step;
            out[at] = mask != null && mask[at] == ZERO && isSure ? ZERO : all;
          }
        });
    return out;
  }

  /** Rows of the table: what a row depends on, and the index that names it. */
  private int[] gather(Gather op) {
    int rows = op.table().shape().extent(0);
    int[] indices = of(op.indices());
    int[] out = new int[Math.toIntExact(op.result().shape().elementCount())];
    int size = indices.length == 0 ? 0 : out.length / indices.length;
    Optional<TensorData> known = constant(op.indices()).map(Constant::data);
    int[] table = constant(op.table()).isPresent() ? null : of(op.table());
    for (int k = 0; k < indices.length; k++) {
      OptionalInt row =
          known.isPresent()
              ? OptionalInt.of(Math.toIntExact(known.get().getLong(k)))
              : OptionalInt.empty();
      for (int j = 0; j < size; j++) {
        int content = FIXED;
        for (int r = row.orElse(0); table != null && r < row.orElse(rows - 1) + 1; r++) {
          content = join(content, table[r * size + j]);
        }
        out[k * size + j] = join(indices[k], content);
      }
    }
    return out;
  }

  private int[] view(View op) {
    // The elements that padding adds are known.
    View moved =
        op instanceof Pad p
            ? new Pad(
                p.result(),
                p.input(),
                p.low(),
                p.high(),
                p.value().doubleValue() == 0 ? (long) ZERO : (long) NONZERO,
                p.location())
            : op;
    return ViewKernel.INTS.apply(moved, op.operands().stream().map(this::of).toList());
  }

  private Optional<Constant> constant(Value value) {
    return uses.definition(value).filter(Constant.class::isInstance).map(Constant.class::cast);
  }

  /** The op that defines a value. */
  Op definition(Value value) {
    return Objects.requireNonNull(uses.definition(value).orElse(null), "no parameter is asked for");
  }
}
