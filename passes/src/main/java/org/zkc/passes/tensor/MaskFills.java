package org.zkc.passes.tensor;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.zkc.ir.DType;
import org.zkc.ir.DeadOps;
import org.zkc.ir.Function;
import org.zkc.ir.Level;
import org.zkc.ir.Op;
import org.zkc.ir.OpSpec;
import org.zkc.ir.Program;
import org.zkc.ir.Rewriter;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.TensorType;
import org.zkc.ir.Uses;
import org.zkc.ir.Value;
import org.zkc.ir.interpret.TensorInterpreter;
import org.zkc.ir.kernel.TaskRunner;
import org.zkc.ir.tensor.Add;
import org.zkc.ir.tensor.Attention;
import org.zkc.ir.tensor.Cast;
import org.zkc.ir.tensor.Clamp;
import org.zkc.ir.tensor.CompareZero;
import org.zkc.ir.tensor.Comparison;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.tensor.MaxPool;
import org.zkc.ir.tensor.Multiply;
import org.zkc.ir.tensor.Softmax;
import org.zkc.ir.tensor.Subtract;
import org.zkc.ir.tensor.TopK;
import org.zkc.ir.view.Broadcast;
import org.zkc.ir.view.Pad;
import org.zkc.ir.view.UnaryView;
import org.zkc.passes.PassContext;

/**
 * Makes masks of what is added to scores, or to numbers of which the greatest is asked, and is 0 or
 * a huge negative number in all samples: a mask that the model is given, or that is filled in. No
 * integers hold such a number beside others.
 *
 * <p>Before a softmax the addend goes away and the softmax gets a mask. Before a maximum it becomes
 * a number that is just far enough below the others, and what is still lower is cut: a maximum does
 * not change by it while one element of its window takes part.
 *
 * <pre>
 *   %s = tensor.add %x, %m         %i = compare_zero(greater) (%m / |huge| + 1/2)
 *   %p = tensor.softmax %s         %p = tensor.softmax %x, %i
 * </pre>
 */
public final class MaskFills {
  private static final String MASKS = "mask-fills.masks";

  /** An addend from which on the exponential of a score is nothing beside that of another one. */
  private static final double VANISHES = -1000;

  /** The same before a maximum: so many times what maxima reach, and so much at least. */
  private static final double FAR = 16;

  private static final double FAR_AT_LEAST = 100;

  /**
   * The part that is left of a fill before a maximum, in units of the greatest maximum of the
   * samples: with the numbers that it is added to still below {@link #LOWEST}.
   */
  private static final double FILL = 8;

  /** Numbers below this many times the greatest maximum of the samples are cut. */
  private static final double LOWEST = 2;

  /** An addend in the sums that an op reads, and the sums and views on the way to the op. */
  private record Addend(Value value, List<UnaryView> views) {}

  /** The facts that samples show of a value. */
  private static final class Seen {
    /** The greatest of the huge numbers; minus infinity while there is none. */
    private double huge = Double.NEGATIVE_INFINITY;

    private boolean isTwoValued = true;
    private double magnitude;

    private void add(float[] elements, double limit) {
      for (float x : elements) {
        magnitude = Math.max(magnitude, Math.abs(x));
        if (x <= limit) {
          huge = Math.max(huge, x);
        } else if (x != 0) {
          isTwoValued = false;
        }
      }
    }

    private boolean isMask() {
      return isTwoValued && Double.isFinite(huge);
    }
  }

  private final Uses uses;
  private final Map<Value, Seen> seen = new IdentityHashMap<>();

  private MaskFills(Uses uses) {
    this.uses = uses;
  }

  /**
   * The program with masks; the same program where there are none.
   *
   * @param samples each with one tensor per parameter of main
   */
  public static Program apply(
      Program program, List<List<TensorData>> samples, PassContext context, TaskRunner tasks) {
    Function main = program.main();
    MaskFills fills = new MaskFills(Uses.of(main));
    main.body().forEach(fills::find);
    if (fills.seen.isEmpty() || samples.isEmpty()) {
      return program;
    }
    fills.run(program, samples, tasks);
    long[] masks = new long[1];
    Function rewritten =
        Rewriter.rewrite(main, (op, out) -> masks[0] += fills.rewrite(op, out) ? 1 : 0);
    if (masks[0] == 0) {
      return program;
    }
    context.count(MASKS, masks[0]);
    return Program.of(Level.TENSOR, DeadOps.remove(rewritten));
  }

  /** The value whose sums an op takes masks from. */
  private static Optional<Value> reads(Op op) {
    return switch (op) {
      case Attention a -> Optional.of(a.scores());
      case Softmax s -> Optional.of(s.input());
      case MaxPool m -> Optional.of(m.input());
      case TopK t when t.input().tensorType().dtype().isFloating() -> Optional.of(t.input());
      default -> Optional.empty();
    };
  }

  private void find(Op op) {
    reads(op)
        .ifPresent(value -> {
          List<Addend> addends = addends(value);
          if (addends.size() > 1) {
            addends.forEach(a -> seen.put(a.value, new Seen()));
            seen.put(op.definitions().getFirst(), new Seen());
          }
        });
  }

  /** The terms that a value is the sum of, through views. */
  private List<Addend> addends(Value value) {
    List<Addend> found = new ArrayList<>();
    collect(value, List.of(), found);
    return found;
  }

  private void collect(Value value, List<UnaryView> views, List<Addend> found) {
    switch (uses.definition(value).orElse(null)) {
      case Add a when isRead(a.result()) -> {
        collect(a.left(), views, found);
        collect(a.right(), views, found);
      }
      case UnaryView v when isPassed(v) -> {
        List<UnaryView> longer = new ArrayList<>(views);
        longer.add(v);
        collect(v.input(), longer, found);
      }
      case null, default -> found.add(new Addend(value, views));
    }
  }

  private boolean isRead(Value value) {
    return !uses.isYielded(value);
  }

  /** Whether a view is looked through: what it adds itself is 0, as for keys of a bias. */
  private boolean isPassed(UnaryView view) {
    return isRead(view.result())
        && view.filler().map(filler -> filler.doubleValue() == 0).orElse(true);
  }

  private void run(Program program, List<List<TensorData>> samples, TaskRunner tasks) {
    for (Value parameter : program.main().parameters()) {
      Seen own = seen.get(parameter);
      if (own != null && parameter.tensorType().dtype().isFloating()) {
        int index = program.main().parameters().indexOf(parameter);
        samples.forEach(sample -> own.add(sample.get(index).toFloats(), -FAR_AT_LEAST));
      }
    }
    TensorInterpreter interpreter = new TensorInterpreter(program, tasks);
    for (List<TensorData> sample : samples) {
      interpreter.run(
          sample,
          (value, elements) -> {
            Seen own = seen.get(value);
            if (own != null && uses.definition(value).isPresent()) {
              own.add(elements, -FAR_AT_LEAST);
            }
          });
    }
  }

  private boolean rewrite(Op op, Rewriter out) {
    Optional<Value> read = reads(op);
    if (read.isPresent()) {
      List<Addend> addends = addends(read.get());
      double maximum = seen(op.definitions().getFirst()).magnitude;
      boolean isSoftmax = op instanceof Attention || op instanceof Softmax;
      double limit = isSoftmax ? VANISHES : -Math.max(FAR_AT_LEAST, FAR * maximum);
      List<Addend> masks = addends.stream().filter(a -> isMask(a, limit)).toList();
      if (!masks.isEmpty() && masks.size() < addends.size()) {
        out.append(
            switch (op) {
              case Attention a ->
                  new Attention(
                      a.result(),
                      without(a.scores(), masks, out),
                      Optional.of(mask(a.mask(), masks, op, out)),
                      a.values(),
                      a.location());
              case Softmax s ->
                  new Softmax(
                      s.result(),
                      without(s.input(), masks, out),
                      Optional.of(mask(s.mask(), masks, op, out)),
                      s.axis(),
                      s.location());
              default -> ofMaximum(op, read.get(), masks, maximum, out);
            });
        return true;
      }
    }
    out.keep(op);
    return false;
  }

  private Seen seen(Value value) {
    return seen.getOrDefault(value, new Seen());
  }

  private boolean isMask(Addend addend, double limit) {
    Seen own = seen.get(addend.value);
    return own != null && own.isMask() && own.huge <= limit;
  }

  /** The sum without masks. */
  private Value without(Value value, List<Addend> masks, Rewriter out) {
    return Objects.requireNonNull(summed(value, masks, null, out), "an addend is no mask");
  }

  /**
   * The sum with other addends in place of masks.
   *
   * @param replacements by mask; null leaves masks out
   * @return null where nothing is left
   */
  private @Nullable Value summed(
      Value value, List<Addend> masks, @Nullable Map<Value, Value> replacements, Rewriter out) {
    if (masks.stream().noneMatch(m -> isWithin(value, m.value))) {
      return value;
    }
    return switch (uses.definition(value).orElse(null)) {
      case Add a when isRead(a.result()) -> {
        Value left = summed(a.left(), masks, replacements, out);
        Value right = summed(a.right(), masks, replacements, out);
        if (left == null || right == null) {
          yield left == null ? right : left;
        }
        yield out.value(new Add(out.fresh(value.name(), value.type()), left, right, a.location()));
      }
      case UnaryView v when isPassed(v) -> {
        Value input = summed(v.input(), masks, replacements, out);
        yield input == null ? null : viewed(v, input, out);
      }
      case null, default -> replacements == null ? null : replacements.get(value);
    };
  }

  /** Whether a value is the mask, or a sum or view of it. */
  private boolean isWithin(Value value, Value mask) {
    if (value == mask) {
      return true;
    }
    return switch (uses.definition(value).orElse(null)) {
      case Add a when isRead(a.result()) -> isWithin(a.left(), mask) || isWithin(a.right(), mask);
      case UnaryView v when isPassed(v) -> isWithin(v.input(), mask);
      case null, default -> false;
    };
  }

  /** The view of another value. */
  private static Value viewed(UnaryView view, Value input, Rewriter out) {
    TensorType type = new TensorType(input.tensorType().dtype(), view.result().shape());
    return out.value(
        OpSpec.mapValues(view, r -> out.fresh(r.name(), type), v -> input, region -> region));
  }

  /** The elements that take part by all masks. */
  private Value mask(Optional<Value> own, List<Addend> masks, Op op, Rewriter out) {
    Value all = own.orElse(null);
    for (Addend mask : masks) {
      Value included = included(mask.value, op, out);
      for (UnaryView view : mask.views.reversed()) {
        included = viewed(taking(view), included, out);
      }
      all =
          all == null
              ? included
              : out.value(
                  new Multiply(out.fresh("mask", all.type()), all, included, op.location()));
    }
    return Objects.requireNonNull(all, "there is a mask");
  }

  /** The view for a mask: what padding adds takes part. */
  private static UnaryView taking(UnaryView view) {
    return view instanceof Pad p
        ? new Pad(p.result(), p.input(), p.low(), p.high(), 1.0, p.location())
        : view;
  }

  /** 1 where the addend is 0. */
  private Value included(Value addend, Op op, Rewriter out) {
    Value source = addend;
    double huge = seen(addend).huge;
    // The factor that makes a number huge is left out.
    Op definition = uses.definition(addend).orElse(null);
    if (definition instanceof Multiply m && uniform(m.right()) != 0) {
      source = m.left();
      huge /= uniform(m.right());
    }
    if (uses.definition(source).orElse(null) instanceof Cast c
        && c.input().tensorType().dtype() == DType.I1) {
      Value one = constant(DType.I1, 1, c.input().shape(), op, out);
      return out.value(
          new Subtract(out.fresh("included", c.input().type()), one, c.input(), op.location()));
    }
    // The addend is 0 or huge: scaled to 0 or 1 and more.
    Value scaled =
        out.value(
            new Multiply(
                out.fresh("excluded", source.type()),
                source,
                constant(DType.F32, 1 / huge, source.shape(), op, out),
                op.location()));
    Value less =
        out.value(
            new Subtract(
                out.fresh("excluded", source.type()),
                scaled,
                constant(DType.F32, 0.5, source.shape(), op, out),
                op.location()));
    return out.value(
        new CompareZero(
            out.fresh("included", new TensorType(DType.I1, source.shape())),
            less,
            Comparison.LESS,
            op.location()));
  }

  /** The number that all elements of a constant are, 0 for other values. */
  private double uniform(Value value) {
    return switch (uses.definition(value).orElse(null)) {
      case Constant c when isUniform(c.data()) -> c.data().getDouble(0);
      case Broadcast b -> uniform(b.input());
      case null, default -> 0;
    };
  }

  private static boolean isUniform(TensorData data) {
    double first = data.elementCount() == 0 ? 0 : data.getDouble(0);
    for (long i = 1; i < data.elementCount(); i++) {
      if (data.getDouble(i) != first) {
        return false;
      }
    }
    return data.elementCount() > 0;
  }

  private static Value constant(DType dtype, double number, Shape shape, Op op, Rewriter out) {
    Shape one = Shape.of();
    TensorData data =
        dtype == DType.F32
            ? TensorData.ofFloats(one, new float[] {(float) number})
            : TensorData.ofLongs(dtype, one, new long[] {(long) number});
    Value constant =
        out.value(
            new Constant(
                out.fresh("constant", new TensorType(dtype, one)), "", data, op.location()));
    return out.value(
        new Broadcast(
            out.fresh("constant", new TensorType(dtype, shape)), constant, op.location()));
  }

  /** A maximum of the rest of the sum, with fills of a size near that of the other elements. */
  private Op ofMaximum(Op op, Value read, List<Addend> masks, double maximum, Rewriter out) {
    double unit = maximum == 0 ? 1 : maximum;
    Map<Value, Value> replacements = new IdentityHashMap<>();
    for (Addend mask : masks) {
      Shape shape = mask.value.shape();
      Value included = included(mask.value, op, out);
      Value taking =
          out.value(
              new Cast(
                  out.fresh("included", mask.value.type()), included, DType.F32, op.location()));
      Value excluded =
          out.value(
              new Subtract(
                  out.fresh("excluded", mask.value.type()),
                  constant(DType.F32, 1, shape, op, out),
                  taking,
                  op.location()));
      replacements.put(
          mask.value,
          out.value(
              new Multiply(
                  out.fresh("fill", mask.value.type()),
                  excluded,
                  constant(DType.F32, -FILL * unit, shape, op, out),
                  op.location())));
    }
    Value sum = Objects.requireNonNull(summed(read, masks, replacements, out), "no mask is lost");
    if (op instanceof MaxPool) {
      sum =
          out.value(
              new Clamp(
                  out.fresh(read.name(), read.type()),
                  sum,
                  -LOWEST * unit,
                  Double.POSITIVE_INFINITY,
                  op.location()));
    }
    Value input = sum;
    return OpSpec.mapValues(op, r -> r, v -> v == read ? input : v, region -> region);
  }
}
