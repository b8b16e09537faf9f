package org.zkc.passes.quantize;

import java.util.List;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.zkc.ir.DType;
import org.zkc.ir.FieldBounds;
import org.zkc.ir.Interval;
import org.zkc.ir.OpSpec;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.integer.IntegerWeights;
import org.zkc.ir.tensor.Activation;
import org.zkc.ir.tensor.Add;
import org.zkc.ir.tensor.Attention;
import org.zkc.ir.tensor.BatchNorm;
import org.zkc.ir.tensor.Bitwise;
import org.zkc.ir.tensor.Cast;
import org.zkc.ir.tensor.Clamp;
import org.zkc.ir.tensor.CompareZero;
import org.zkc.ir.tensor.Comparison;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.tensor.Conv;
import org.zkc.ir.tensor.Divide;
import org.zkc.ir.tensor.FakeQuantize;
import org.zkc.ir.tensor.IndexWrap;
import org.zkc.ir.tensor.IntegerDivision;
import org.zkc.ir.tensor.Linear;
import org.zkc.ir.tensor.MatMul;
import org.zkc.ir.tensor.MaxPool;
import org.zkc.ir.tensor.Multiply;
import org.zkc.ir.tensor.Normalization;
import org.zkc.ir.tensor.Relu;
import org.zkc.ir.tensor.Subtract;
import org.zkc.ir.tensor.TensorOp;
import org.zkc.ir.tensor.TopK;
import org.zkc.ir.tensor.WindowMean;
import org.zkc.ir.view.Broadcast;
import org.zkc.ir.view.Concatenate;
import org.zkc.ir.view.Gather;
import org.zkc.ir.view.UnaryView;
import org.zkc.passes.integer.IntegerBuilder;

/**
 * Ops whose results are integers or booleans: exact, of scale 1, in intervals that follow from
 * those of the inputs. A result that its element type may not hold is refused: PyTorch would wrap
 * around.
 */
final class ExactLowering {
  private final IntegerValues values;
  private final GatherLowering gathers;
  private final ComparisonLowering comparisons;
  private final TopKLowering tops;
  private final PoolLowering pools;
  private final IndexRange range;
  private final IntegerArithmetic arithmetic;

  ExactLowering(IntegerValues values, GatherLowering gathers, PoolLowering pools) {
    this.values = values;
    this.gathers = gathers;
    this.pools = pools;
    this.comparisons = new ComparisonLowering(values);
    this.tops = new TopKLowering(values);
    this.range = new IndexRange(values);
    this.arithmetic = new IntegerArithmetic(values);
  }

  Value lower(TensorOp op) {
    DType dtype = op.result().tensorType().dtype();
    Value result = result(op);
    if (op instanceof Subtract && dtype.isUnsigned()) {
      result = shownNotNegative(result);
    }
    Interval found = IntegerBuilder.interval(result);
    if (!dtype.holds(found.low()) || !dtype.holds(found.high())) {
      throw new UserException(
          op.location(),
          "this %s can reach [%d, %d], which %s does not hold; use a wider type"
              .formatted(OpSpec.of(op).mnemonic(), found.low(), found.high(), dtype.text()));
    }
    return result;
  }

  /**
   * A difference of unsigned integers, which is shown not to be negative where intervals leave that
   * open: the bounds of a binary search never cross, as no interval tells. A run in which it is
   * negative has no result and no proof, since the type would wrap around.
   */
  private Value shownNotNegative(Value difference) {
    Interval found = IntegerBuilder.interval(difference);
    return found.low() < 0 && found.high() >= 0
        ? range.within(difference, new Interval(0, found.high()))
        : difference;
  }

  private Value result(TensorOp op) {
    IntegerBuilder out = values.out();
    return switch (op) {
      case Add a -> bounded(a, out.add(integers(a.left()), integers(a.right())));
      case Subtract s -> out.subtract(integers(s.left()), integers(s.right()));
      case Multiply m -> product(m);
      case Relu r -> clamped(r.input(), 0, Double.POSITIVE_INFINITY);
      case Clamp c -> clamped(c.input(), c.low(), c.high());
      case TopK t -> tops.of(t);
      case CompareZero c -> comparisons.of(compared(c.input()), c.comparison());
      case Cast c when !TensorAnalysis.isExact(c.input()) -> whole(c);
      case Cast c when c.dtype() == DType.I1 -> truth(integers(c.input()));
      case Cast c -> integers(c.input());
      case Concatenate c ->
          out.concatenate(c.inputs().stream().map(this::integers).toList(), c.axis());
      case Gather g -> gathers.ofIntegers(g, this::integers);
      case MaxPool p -> pools.maxima(p, integers(p.input()));
      case WindowMean w ->
          out.windowSum(integers(w.input()), w.axis(), w.starts(), w.lengths(), w.divisors(), 1);
      case IndexWrap i -> wrapped(i);
      case IntegerDivision d ->
          arithmetic.division(
              integers(d.left()), integers(d.right()), uniform(d.right()), d.part(), d.location());
      case Bitwise b ->
          uniform(b.left()).isPresent()
              ? bits(b, b.right(), b.left())
              : bits(b, b.left(), b.right());
      case UnaryView v -> out.viewOfReals(v, List.of(integers(v.input())));
      case FakeQuantize _,
          Constant _,
          Conv _,
          Linear _,
          MatMul _,
          BatchNorm _,
          Divide _,
          Normalization _,
          Attention _,
          Activation _ ->
          throw new UserException(
              op.location(),
              "%s of integers cannot be proved; convert them with .float() first"
                  .formatted(OpSpec.of(op).mnemonic()));
    };
  }

  /**
   * A sum; of one that chooses between two computed tensors by a mask, mask yes + (1 - mask) no,
   * every element is one of theirs, so its interval is theirs, as an index needs it.
   */
  private Value bounded(Add op, Value sum) {
    if (!(definition(op.left()) instanceof Multiply yes)
        || !(definition(op.right()) instanceof Multiply no)
        || values.analysis().isConstant(yes.right())
        || values.analysis().isConstant(no.right())
        || !(definition(yes.left()) instanceof Cast mask)
        || mask.input().tensorType().dtype() != DType.I1
        || !(definition(no.left()) instanceof Cast other)
        || !(definition(other.input()) instanceof Subtract complement)
        || withoutBroadcast(complement.right()) != withoutBroadcast(mask.input())
        || uniform(complement.left()).orElse(0) != 1) {
      return sum;
    }
    Interval one = IntegerBuilder.interval(integers(yes.right()));
    Interval all = one.hull(IntegerBuilder.interval(integers(no.right())));
    Interval found = IntegerBuilder.interval(sum);
    return all.contains(found) || found.size() > FieldBounds.MAX_TABLE_ROWS
        ? sum
        : values.out().requantize(sum, 0, all.low(), all.high());
  }

  /** The op that defines a value, broadcasts left out; null for an input. */
  private @Nullable TensorOp definition(Value value) {
    Value at = withoutBroadcast(value);
    return values.isInput(at) ? null : values.analysis().definition(at);
  }

  private Value withoutBroadcast(Value value) {
    return !values.isInput(value) && values.analysis().definition(value) instanceof Broadcast b
        ? withoutBroadcast(b.input())
        : value;
  }

  private Value product(Multiply m) {
    OptionalLong left = uniform(m.left());
    OptionalLong right = uniform(m.right());
    if (right.isPresent() && !values.analysis().isConstant(m.left())) {
      return values.out().scale(integers(m.left()), right.getAsLong(), 1);
    }
    if (left.isPresent() && !values.analysis().isConstant(m.right())) {
      return values.out().scale(integers(m.right()), left.getAsLong(), 1);
    }
    return values.out().multiply(integers(m.left()), integers(m.right()));
  }

  /** The number that all elements of a constant are; empty for other values. */
  private OptionalLong uniform(Value value) {
    if (!values.analysis().isConstant(value)) {
      return OptionalLong.empty();
    }
    return switch (values.analysis().definition(value)) {
      case Constant c when c.data().elementCount() == 1 -> OptionalLong.of(c.data().getLong(0));
      case Broadcast b -> uniform(b.input());
      default -> OptionalLong.empty();
    };
  }

  /** The integers of an exact value, a constant's as parameters. */
  Value integers(Value value) {
    if (!values.analysis().isConstant(value)) {
      return values.exactly(value);
    }
    if (!(values.analysis().definition(value) instanceof Constant c)) {
      UnaryView view = (UnaryView) values.analysis().definition(value);
      return values.out().viewOfReals(view, List.of(integers(view.input())));
    }
    Shape shape = c.data().shape();
    // A tensor of the model commitment has an axis 0.
    Shape committed = shape.rank() == 0 ? Shape.of(1) : shape;
    String name = c.name().isEmpty() ? value.name() : c.name();
    TensorData elements;
    try {
      elements = TensorData.ofLongs(DType.I32, committed, c.data().toLongs());
    } catch (IllegalArgumentException e) {
      throw new UserException(
          c.location(), "the constant %s holds integers outside (-2^30, 2^30)".formatted(name));
    }
    Value parameter =
        values.out().parameter(values.parameters().unique(name), IntegerWeights.of(elements), 1);
    return shape.rank() == 0 ? values.out().reshape(parameter, shape) : parameter;
  }

  private Value clamped(Value input, double low, double high) {
    Value x = integers(input);
    Interval all = IntegerBuilder.interval(x);
    return values
        .out()
        .requantize(
            x,
            0,
            (long) Math.clamp(all.low(), Math.ceil(low), Math.floor(high)),
            (long) Math.clamp(all.high(), Math.ceil(low), Math.floor(high)));
  }

  /**
   * Real numbers that floor or its kin gave in units of 1. A number that the type does not hold has
   * no result in PyTorch either; here it is the nearest that the type holds.
   */
  private Value whole(Cast op) {
    Value x = values.exactly(op.input());
    if (!x.integerType().isOfScale(1)) {
      throw new UserException(
          op.location(),
          "these real numbers have too wide a range to become integers exactly; bound them by"
              + " .clamp before");
    }
    Interval all = IntegerBuilder.interval(x);
    long low = op.dtype().nearest(all.low());
    long high = op.dtype().nearest(all.high());
    return low == all.low() && high == all.high() ? x : values.out().requantize(x, 0, low, high);
  }

  private Value bits(Bitwise op, Value x, Value y) {
    return arithmetic.bits(integers(x), integers(y), uniform(y), op.operation(), op.location());
  }

  /** Indices on their axis, by a table of all of them where some may be negative. */
  private Value wrapped(IndexWrap op) {
    Value x = integers(op.input());
    Interval all = IntegerBuilder.interval(x);
    if (all.low() >= 0) {
      return range.inside(op.input(), x, op.extent(), op.location());
    }
    if (all.size() > FieldBounds.MAX_TABLE_ROWS) {
      throw IndexRange.outside(all, op.extent(), op.location());
    }
    long[] entries =
        LongStream.rangeClosed(all.low(), all.high())
            .map(i -> i < 0 ? i + op.extent() : i)
            .toArray();
    TensorData table = TensorData.ofLongs(DType.I32, Shape.of(entries.length), entries);
    Value wrapped = values.out().table(x, all.low(), table, 1);
    return range.inside(op.result(), wrapped, op.extent(), op.location());
  }

  /** 1 where the integer is not 0. */
  private Value truth(Value x) {
    return new Interval(0, 1).contains(IntegerBuilder.interval(x))
        ? x
        : comparisons.of(x, Comparison.NOT_EQUAL);
  }

  /** The integers that stand for real numbers, as precise as there are, or are integers. */
  private Value compared(Value value) {
    return TensorAnalysis.isExact(value) ? integers(value) : values.exactly(value);
  }
}
