package org.zkc.passes.circuit;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.zkc.ir.ColumnType;
import org.zkc.ir.DType;
import org.zkc.ir.Interval;
import org.zkc.ir.Location;
import org.zkc.ir.OpAppender;
import org.zkc.ir.Shape;
import org.zkc.ir.Shapes;
import org.zkc.ir.SpectrumType;
import org.zkc.ir.TensorData;
import org.zkc.ir.Type;
import org.zkc.ir.Value;
import org.zkc.ir.circuit.CircuitOp;
import org.zkc.ir.circuit.CircuitRules;
import org.zkc.ir.circuit.Contract;
import org.zkc.ir.circuit.Contraction;
import org.zkc.ir.circuit.EuclideanNorm;
import org.zkc.ir.circuit.Exponentials;
import org.zkc.ir.circuit.ForwardTransform;
import org.zkc.ir.circuit.InverseTransform;
import org.zkc.ir.circuit.Max;
import org.zkc.ir.circuit.Model;
import org.zkc.ir.circuit.Normalize;
import org.zkc.ir.circuit.Product;
import org.zkc.ir.circuit.Reciprocal;
import org.zkc.ir.circuit.Requantize;
import org.zkc.ir.circuit.RequantizeTable;
import org.zkc.ir.circuit.RoundedQuotient;
import org.zkc.ir.circuit.SpectralProduct;
import org.zkc.ir.circuit.Sum;
import org.zkc.ir.circuit.Unfold;
import org.zkc.ir.circuit.WindowSum;
import org.zkc.ir.integer.IntegerRules;
import org.zkc.ir.integer.IntegerWeights;
import org.zkc.ir.view.Gather;
import org.zkc.ir.view.View;
import org.zkc.ir.view.ViewBuilder;
import org.zkc.passes.integer.WideClamp;

/**
 * Circuit-level ops with the types that they have: each method appends one op and returns its
 * result.
 */
final class CircuitBuilder extends ViewBuilder {
  private final OpAppender out;
  private String hint = "v";
  private Location location = Location.UNKNOWN;

  CircuitBuilder(OpAppender out) {
    this.out = out;
  }

  /** Sets the name hint and the source line of the ops that follow. */
  void at(String newHint, Location newLocation) {
    this.hint = newHint;
    this.location = newLocation;
  }

  Value model(String name, IntegerWeights weights, Interval interval) {
    Value result = fresh(ColumnType.Kind.MODEL, weights.shape(), interval);
    return out.value(new Model(result, name, weights, location));
  }

  /** {@code sums} is what the caller knows of the result. */
  Value contract(Value left, Value right, String indices, List<Integer> extents, Interval sums) {
    Shape shape = Contraction.of(indices, extents).shape(left.shape(), right.shape());
    return virtual(shape, sums, r -> new Contract(r, left, right, indices, extents, location));
  }

  Value gather(Value table, Value indices) {
    return op(table.shape(), r -> new Gather(r, table, indices, location));
  }

  Value product(Value left, Value right) {
    return op(left.shape(), r -> new Product(r, left, right, location));
  }

  Value sum(List<Value> inputs, List<Long> coefficients) {
    return op(inputs.getFirst().shape(), r -> new Sum(r, inputs, coefficients, 0, location));
  }

  /**
   * {@code interval} is what the caller knows of the sums; it may be tighter than what the
   * operand's interval allows.
   */
  Value windowSum(
      Value input,
      int axis,
      List<Integer> starts,
      List<Integer> lengths,
      List<Integer> factors,
      Interval interval) {
    Shape shape = Shapes.windows(input.shape(), axis, starts, lengths, factors);
    return virtual(
        shape, interval, r -> new WindowSum(r, input, axis, starts, lengths, factors, location));
  }

  Value unfold(
      Value input, int axis, int positions, int taps, int stride, int dilation, int paddingLow) {
    return op(
        input.shape(),
        r -> new Unfold(r, input, axis, positions, taps, stride, dilation, paddingLow, location));
  }

  Value forwardTransform(
      Value input, List<Integer> sizes, List<Integer> dilations, boolean reversed) {
    return op(
        input.shape(), r -> new ForwardTransform(r, input, sizes, dilations, reversed, location));
  }

  /** {@code interval} is what the caller knows of the planes' convolution. */
  Value spectralProduct(Value left, Value right, Interval interval) {
    Shape shape = Shapes.broadcast(left.shape(), right.shape());
    return spectrum(shape, interval, r -> new SpectralProduct(r, left, right, location));
  }

  Value inverseTransform(Value input, Shape shape, List<Integer> starts, List<Integer> strides) {
    return op(shape, r -> new InverseTransform(r, input, starts, strides, location));
  }

  Value max(List<Value> inputs) {
    return op(inputs.getFirst().shape(), r -> new Max(r, inputs, location));
  }

  /** The table covers exactly what the operand's interval allows. */
  Value requantize(Value input, int shift, long low, long high) {
    Interval h = interval(input).shiftRounded(shift);
    int size = Math.toIntExact(h.high() - h.low() + 1);
    List<Integer> limbs = ColumnIntervals.plainLimbs(shift);
    return op(
        input.shape(),
        r -> new Requantize(r, input, shift, limbs, h.low(), size, low, high, location));
  }

  /**
   * Entries for h from {@code first}, saturating; extended or cut to exactly what the operand's
   * interval allows.
   */
  Value requantizeTable(Value input, int shift, long first, TensorData entries) {
    Interval h = interval(input).shiftRounded(shift);
    TensorData fitted = fit(entries, first, h);
    List<Integer> limbs = ColumnIntervals.plainLimbs(shift);
    return op(
        input.shape(), r -> new RequantizeTable(r, input, shift, limbs, h.low(), fitted, location));
  }

  /**
   * Entries for (max along an axis - x) >> shift, saturating; the table has as many rows as the
   * operand's interval allows.
   */
  Value exponentials(Value input, int axis, int shift, TensorData entries) {
    int size = Math.toIntExact(IntegerRules.rows(interval(input), shift));
    List<Integer> limbs = ColumnIntervals.plainLimbs(shift);
    TensorData kept = fit(entries, 0, new Interval(0, Math.min(size, entries.elementCount()) - 1));
    return op(
        input.shape(), r -> new Exponentials(r, input, axis, shift, limbs, size, kept, location));
  }

  /** The column brought near to what a clamp keeps: its excess, by a table, taken off. */
  Value withoutExcess(Value input, WideClamp clamp) {
    long[] entries = clamp.excess();
    TensorData data = TensorData.ofLongs(DType.I32, Shape.of(entries.length), entries);
    Value excess = requantizeTable(input, clamp.shift(), clamp.coarse().low(), data);
    return virtual(
        input.shape(),
        clamp.left(),
        r -> new Sum(r, List.of(input, excess), List.of(1L, -1L << clamp.shift()), 0, location));
  }

  /** x - 2^shift h, where h is the requantisation of x; {@code interval} is its rows' hull. */
  Value remainder(Value input, Value upper, int shift, Interval interval) {
    return virtual(
        input.shape(),
        interval,
        r -> new Sum(r, List.of(input, upper), List.of(1L, -1L << shift), 0, location));
  }

  /** The entries for h in {@code window} of a table that saturates at its ends. */
  static TensorData fit(TensorData entries, long first, Interval window) {
    long last = entries.elementCount() - 1;
    if (window.low() == first && window.high() == first + last && entries.dtype() == DType.I32) {
      return entries;
    }
    int[] known = new int[Math.toIntExact(last + 1)];
    entries.copyInts(0, known, 0, known.length);
    long[] fitted = new long[Math.toIntExact(window.high() - window.low() + 1)];
    for (int i = 0; i < fitted.length; i++) {
      fitted[i] = known[(int) Math.clamp(window.low() + i - first, 0L, last)];
    }
    return TensorData.ofLongs(DType.I32, Shape.of(fitted.length), fitted);
  }

  Value roundedQuotient(Value numerator, Value denominator, int bits, long low, long high) {
    return op(
        numerator.shape(),
        r -> new RoundedQuotient(r, numerator, denominator, bits, low, high, location));
  }

  Value euclideanNorm(Value input, long constant, List<Integer> exponents) {
    return op(input.shape(), r -> new EuclideanNorm(r, input, constant, exponents, location));
  }

  Value reciprocal(Value input, int bits) {
    return op(input.shape(), r -> new Reciprocal(r, input, bits, location));
  }

  Value normalize(Value input, Value norm, Value reciprocal, int bits, List<Integer> exponents) {
    return op(
        input.shape(), r -> new Normalize(r, input, norm, reciprocal, bits, exponents, location));
  }

  /** Appends an op, given its result; {@code shape} is for ops that take theirs from the result. */
  private Value op(Shape shape, Function<Value, CircuitOp> op) {
    Value draft = new Value("draft", new ColumnType(ColumnType.Kind.VIRTUAL, shape, 0, 0));
    return out.value(op.apply(result(CircuitRules.infer(op.apply(draft), CircuitRules.UNKNOWN))));
  }

  @Override
  protected Value result(Type type) {
    return out.fresh(hint, type);
  }

  @Override
  protected Value append(View view) {
    return out.value(view);
  }

  @Override
  protected Location location() {
    return location;
  }

  private Value virtual(Shape shape, Interval interval, Function<Value, org.zkc.ir.Op> op) {
    return out.value(op.apply(fresh(ColumnType.Kind.VIRTUAL, shape, interval)));
  }

  private Value spectrum(Shape shape, Interval interval, Function<Value, org.zkc.ir.Op> op) {
    return out.value(
        op.apply(
            out.fresh(
                hint,
                new SpectrumType(
                    ColumnType.Kind.VIRTUAL, shape, interval.low(), interval.high()))));
  }

  private Value fresh(ColumnType.Kind kind, Shape shape, Interval interval) {
    return out.fresh(hint, new ColumnType(kind, shape, interval.low(), interval.high()));
  }

  static Interval interval(Value value) {
    return ColumnIntervals.interval(value);
  }

  /** {@code n} copies of a number. */
  static List<Integer> repeat(int n, int number) {
    return new ArrayList<>(Collections.nCopies(n, number));
  }
}
