package org.zkc.passes.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.zkc.ir.AxisParts;
import org.zkc.ir.DType;
import org.zkc.ir.DeadOps;
import org.zkc.ir.Function;
import org.zkc.ir.FunctionBuilder;
import org.zkc.ir.Level;
import org.zkc.ir.Location;
import org.zkc.ir.Op;
import org.zkc.ir.OpSpec;
import org.zkc.ir.Program;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorType;
import org.zkc.ir.Type;
import org.zkc.ir.Uses;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Cast;
import org.zkc.ir.tensor.IndexWrap;
import org.zkc.ir.view.Broadcast;
import org.zkc.ir.view.Concatenate;
import org.zkc.ir.view.Gather;
import org.zkc.ir.view.Pad;
import org.zkc.ir.view.Reshape;
import org.zkc.ir.view.Slice;
import org.zkc.ir.view.Transpose;
import org.zkc.ir.view.UnaryView;
import org.zkc.ir.view.ViewKernel;
import org.zkc.passes.Lowering;

/**
 * Makes inputs of their own of the columns of an input of indices, where columns are indices of
 * tables of different size: an input has one interval, and that of the smallest table would refuse
 * valid indices of the others. Neighbours with one bound stay together. The parts go through views
 * and casts one by one; other readers get them joined.
 *
 * <pre>
 *   %c = tensor.slice(%x) [:, 1:2]      %c = %x_1, of its own interval
 *   %r = tensor.gather(%table, %c)      %r = tensor.gather(%table, %c)
 * </pre>
 */
public final class SplitColumns {
  /** The step by its name. */
  public static final Lowering LOWERING =
      new Lowering(
          "split-columns",
          "Makes inputs of the columns of an input of indices that are of tables of different"
              + " size.",
          Level.TENSOR,
          Level.TENSOR,
          "",
          arguments -> {
            if (!arguments.isEmpty()) {
              throw new IllegalArgumentException("split-columns takes no arguments");
            }
            return (program, context) -> apply(program, parts(program));
          });

  /** Inputs of more elements are left alone; tables of categories have a few thousand. */
  private static final long MOST_ELEMENTS = 1 << 20;

  /** Inputs that fall into more parts are left alone. */
  private static final int MOST_PARTS = 1 << 10;

  /** Position k of the input is followed through views as FIRST + k, which no filler is. */
  private static final long FIRST = 1L << 40;

  private static final long UNBOUNDED = Long.MAX_VALUE;

  private final Map<Value, Joined> joined = new IdentityHashMap<>();
  private final Map<Value, Value> whole = new IdentityHashMap<>();
  private final FunctionBuilder out;

  /** A value as parts along one axis. */
  private record Joined(int axis, List<Value> parts) {}

  private SplitColumns(Function main) {
    out = new FunctionBuilder(main.name(), main.location());
  }

  /**
   * The parts of each parameter of main, {@link AxisParts#WHOLE} for those that stay as they are.
   */
  public static List<AxisParts> parts(Program program) {
    Function main = program.main();
    Uses uses = Uses.of(main);
    boolean hasRegions = main.body().stream().anyMatch(op -> OpSpec.of(op).hasRegions());
    return main.parameters().stream()
        .map(p -> hasRegions || uses.isYielded(p) ? AxisParts.WHOLE : parts(p, uses))
        .toList();
  }

  private static AxisParts parts(Value parameter, Uses uses) {
    Shape shape = parameter.shape();
    DType dtype = parameter.tensorType().dtype();
    if (dtype.isFloating()
        || dtype == DType.I1
        || shape.elementCount() > MOST_ELEMENTS
        || shape.elementCount() == 0) {
      return AxisParts.WHOLE;
    }
    int count = Math.toIntExact(shape.elementCount());
    long[] bounds = new long[count];
    Arrays.fill(bounds, UNBOUNDED);
    long[] positions = IntStream.range(0, count).mapToLong(k -> FIRST + k).toArray();
    bound(parameter, positions, uses, bounds);
    return IntStream.range(0, shape.rank())
        .mapToObj(axis -> parts(shape, axis, bounds))
        .filter(parts -> !parts.isWhole() && parts.extents().size() <= MOST_PARTS)
        .findFirst()
        .orElse(AxisParts.WHOLE);
  }

  /** Notes, for each position, the smallest table that it is an index of. */
  private static void bound(Value value, long[] positions, Uses uses, long[] bounds) {
    for (Op user : uses.users(value)) {
      switch (user) {
        case Gather g when g.indices() == value ->
            note(positions, g.table().shape().extent(0), bounds);
        case IndexWrap i -> note(positions, i.extent(), bounds);
        case UnaryView v ->
            bound(v.result(), ViewKernel.LONGS.apply(v, List.of(positions)), uses, bounds);
        case Cast c when !c.dtype().isFloating() && c.dtype() != DType.I1 ->
            bound(c.result(), positions, uses, bounds);
        default -> {}
      }
    }
  }

  private static void note(long[] positions, int rows, long[] bounds) {
    for (long position : positions) {
      if (position >= FIRST) {
        int at = (int) (position - FIRST);
        bounds[at] = Math.min(bounds[at], rows);
      }
    }
  }

  /** Runs of one bound on an axis; whole where bounds do not follow it. */
  private static AxisParts parts(Shape shape, int axis, long[] bounds) {
    int run = Math.toIntExact(shape.strides()[axis]);
    int extent = shape.extent(axis);
    long[] columns = new long[extent];
    for (int k = 0; k < bounds.length; k++) {
      int column = k / run % extent;
      if (k < (long) run * extent && k % run == 0) {
        columns[column] = bounds[k];
      } else if (columns[column] != bounds[k]) {
        return AxisParts.WHOLE;
      }
    }
    List<Integer> extents = new ArrayList<>();
    for (int first = 0, k = 1; k <= extent; k++) {
      if (k == extent || columns[k] != columns[first]) {
        extents.add(k - first);
        first = k;
      }
    }
    return new AxisParts(axis, extents);
  }

  /**
   * The program of the parts.
   *
   * @param parts of each parameter, as {@link #parts(Program)} finds them
   */
  public static Program apply(Program program, List<AxisParts> parts) {
    if (parts.stream().allMatch(AxisParts::isWhole)) {
      return program;
    }
    Function main = program.main();
    return Program.of(Level.TENSOR, DeadOps.remove(new SplitColumns(main).of(main, parts)));
  }

  private Function of(Function main, List<AxisParts> parts) {
    // Names already taken: a fresh value must not look like one of the old.
    IntStream.range(0, parts.size())
        .filter(i -> parts.get(i).isWhole())
        .mapToObj(i -> main.parameters().get(i))
        .forEach(v -> out.fresh(v.name(), v.type()));
    main.body().forEach(op -> op.definitions().forEach(v -> out.fresh(v.name(), v.type())));
    for (int i = 0; i < parts.size(); i++) {
      Value parameter = main.parameters().get(i);
      if (parts.get(i).isWhole()) {
        out.parameter(parameter);
        continue;
      }
      List<Value> own =
          parts.get(i).shapes(parameter.shape()).stream()
              .map(shape -> out.parameter(parameter.name(), shaped(parameter, shape)))
              .toList();
      joined.put(parameter, new Joined(parts.get(i).axis(), own));
    }
    main.body().forEach(this::rewrite);
    return out.build(main.results().stream().map(v -> current(v, main.location())).toList());
  }

  private void rewrite(Op op) {
    Optional<Joined> parts =
        switch (op) {
          case Gather g when joined.get(g.indices()) instanceof Joined of ->
              Optional.of(mapped(op, g.indices(), of, of.axis));
          case IndexWrap i when joined.get(i.input()) instanceof Joined of ->
              Optional.of(mapped(op, i.input(), of, of.axis));
          case Cast c when joined.get(c.input()) instanceof Joined of ->
              Optional.of(mapped(op, c.input(), of, of.axis));
          case UnaryView v when joined.get(v.input()) instanceof Joined of -> viewed(v, of);
          default -> Optional.empty();
        };
    if (parts.isPresent()) {
      joined.put(op.definitions().getFirst(), parts.get());
      return;
    }
    out.append(OpSpec.mapValues(op, r -> r, v -> current(v, op.location()), region -> region));
  }

  /** The value itself, or its parts joined. */
  private Value current(Value value, Location location) {
    Joined of = joined.get(value);
    if (of == null) {
      return value;
    }
    return whole.computeIfAbsent(
        value,
        v ->
            of.parts.size() == 1
                ? of.parts.getFirst()
                : out.value(
                    new Concatenate(out.fresh(v.name(), v.type()), of.parts, of.axis, location)));
  }

  /** The op on each part; its result has the parts' extents on {@code axis}. */
  private Joined mapped(Op op, Value operand, Joined of, int axis) {
    List<Value> results = new ArrayList<>();
    for (Value part : of.parts) {
      Shape shape = op.definitions().getFirst().shape().with(axis, part.shape().extent(of.axis));
      results.add(
          out.value(
              OpSpec.mapValues(
                  op,
                  r -> out.fresh(r.name(), shaped(r, shape)),
                  v -> v == operand ? part : current(v, op.location()),
                  region -> region)));
    }
    return new Joined(axis, results);
  }

  /** A view of each part; empty where the view has no axis that is that of the parts. */
  private Optional<Joined> viewed(UnaryView view, Joined of) {
    Shape from = view.input().shape();
    Shape to = view.result().shape();
    int axis =
        switch (view) {
          case Transpose t -> t.permutation().indexOf(of.axis);
          case Reshape _ -> sameAxis(from, to, of.axis);
          case Slice _ -> of.axis;
          case Pad _ -> -1;
          case Broadcast _ -> of.axis + to.rank() - from.rank();
        };
    if (axis < 0
        || to.elementCount() == 0
        || view instanceof Broadcast && to.extent(axis) != from.extent(of.axis)) {
      return Optional.empty();
    }
    return Optional.of(
        view instanceof Slice slice ? sliced(slice, of) : mapped(view, view.input(), of, axis));
  }

  /** The axis of {@code to} with the extent and the stride of an axis of {@code from}, or -1. */
  private static int sameAxis(Shape from, Shape to, int axis) {
    return IntStream.range(0, to.rank())
        .filter(k -> to.extent(k) == from.extent(axis) && to.strides()[k] == from.strides()[axis])
        .findFirst()
        .orElse(-1);
  }

  /** The elements of each part that a slice takes; parts without any are left out. */
  private Joined sliced(Slice op, Joined of) {
    int axis = of.axis;
    int stride = op.strides().get(axis);
    List<Value> results = new ArrayList<>();
    int first = 0;
    int next = op.starts().get(axis);
    for (Value part : of.parts) {
      int end = first + part.shape().extent(axis);
      int limit = Math.min(op.limits().get(axis), end);
      if (next < limit) {
        int count = (limit - next + stride - 1) / stride;
        Slice slice =
            new Slice(
                out.fresh(
                    op.result().name(), shaped(op.result(), op.result().shape().with(axis, count))),
                part,
                with(op.starts(), axis, next - first),
                with(op.limits(), axis, limit - first),
                op.strides(),
                op.location());
        results.add(slice.result().shape().equals(part.shape()) ? part : out.value(slice));
        next += count * stride;
      }
      first = end;
    }
    return new Joined(axis, results);
  }

  private static List<Integer> with(List<Integer> numbers, int axis, int number) {
    List<Integer> changed = new ArrayList<>(numbers);
    changed.set(axis, number);
    return changed;
  }

  private static Type shaped(Value value, Shape shape) {
    return new TensorType(value.tensorType().dtype(), shape);
  }
}
