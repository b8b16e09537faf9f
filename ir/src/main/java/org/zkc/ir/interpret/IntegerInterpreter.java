package org.zkc.ir.interpret;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.zkc.ir.Program;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.integer.Add;
import org.zkc.ir.integer.Conv;
import org.zkc.ir.integer.EuclideanNorm;
import org.zkc.ir.integer.Exponentials;
import org.zkc.ir.integer.IntegerOp;
import org.zkc.ir.integer.Linear;
import org.zkc.ir.integer.MatMul;
import org.zkc.ir.integer.Multiply;
import org.zkc.ir.integer.Normalize;
import org.zkc.ir.integer.Parameter;
import org.zkc.ir.integer.Requantize;
import org.zkc.ir.integer.RequantizeTable;
import org.zkc.ir.integer.RoundedQuotient;
import org.zkc.ir.integer.Scale;
import org.zkc.ir.integer.Subtract;
import org.zkc.ir.integer.Table;
import org.zkc.ir.integer.WindowMax;
import org.zkc.ir.integer.WindowSum;
import org.zkc.ir.view.Gather;
import org.zkc.ir.view.View;
import org.zkc.ir.view.ViewKernel;

/**
 * Reference evaluation of integer-level programs; it is what their ops mean. Every element is
 * checked against the interval of its type, so a run is also a test of the interval analysis.
 */
public final class IntegerInterpreter {
  private final CheckedRun run;

  private IntegerInterpreter(BiConsumer<Value, long[]> observer) {
    this.run = new CheckedRun(observer);
  }

  /**
   * Evaluates main.
   *
   * @param inputs row-major elements, one array per parameter
   * @param observer sees each parameter and each value that an op defines, in order; it must not
   *     change the arrays
   * @return main's results
   * @throws ArithmeticException when an element is outside the interval of its type
   */
  public static List<long[]> run(
      Program program, List<long[]> inputs, BiConsumer<Value, long[]> observer) {
    IntegerInterpreter interpreter = new IntegerInterpreter(observer);
    return interpreter.run.of(program, inputs, op -> interpreter.evaluate((IntegerOp) op));
  }

  /** Evaluates main without watching. */
  public static List<long[]> run(Program program, List<long[]> inputs) {
    return run(program, inputs, (value, elements) -> {});
  }

  private long[] get(Value value) {
    return run.get(value);
  }

  private long @Nullable [] getOrNull(Optional<Value> value) {
    return value.isPresent() ? get(value.get()) : null;
  }

  private long[] evaluate(IntegerOp op) {
    return switch (op) {
      case Parameter p -> p.weights().toLongs();
      case Conv c ->
          IntegerKernels.conv(
              get(c.input()),
              c.input().shape(),
              get(c.weight()),
              c.weight().shape(),
              getOrNull(c.bias()),
              c.result().shape(),
              c.strides(),
              c.paddingLow(),
              c.dilations(),
              c.groups());
      case Linear l ->
          IntegerKernels.matMul(
              get(l.input()),
              get(l.weight()),
              getOrNull(l.bias()),
              l.weight().shape().extent(1),
              l.weight().shape().extent(0));
      case MatMul m ->
          IntegerKernels.matMul(get(m.left()), m.left().shape(), get(m.right()), m.right().shape());
      case Requantize r ->
          map(
              r.input(),
              x -> Math.clamp(IntegerKernels.shiftRounded(x, r.shift()), r.low(), r.high()));
      case Table t -> map(t.input(), look(t.first(), t.entries()));
      case RequantizeTable t -> {
        LongUnaryOperator table = look(t.first(), t.entries());
        yield map(t.input(), x -> table.applyAsLong(IntegerKernels.shiftRounded(x, t.shift())));
      }
      case Add a -> zip(a.left(), a.right(), Math::addExact);
      case Subtract s -> zip(s.left(), s.right(), Math::subtractExact);
      case Multiply m -> zip(m.left(), m.right(), Math::multiplyExact);
      case Scale s -> map(s.input(), x -> Math.multiplyExact(x, s.factor()));
      case WindowSum w ->
          IntegerKernels.windowSum(
              get(w.input()), w.input().shape(), w.axis(), w.starts(), w.lengths(), w.factors());
      case WindowMax w ->
          IntegerKernels.windowMax(
              get(w.input()),
              w.input().shape(),
              w.result().shape(),
              w.axis(),
              w.size(),
              w.stride(),
              w.dilation(),
              w.paddingLow());
      case Exponentials e ->
          IntegerKernels.exponentials(
              get(e.input()), e.input().shape(), e.axis(), e.shift(), e.entries().toLongs());
      case RoundedQuotient q ->
          zip(
              q.numerator(),
              q.denominator(),
              (n, d) -> IntegerKernels.roundedQuotient(n, d, q.bits(), q.low(), q.high()));
      case Gather g -> {
        long[] indices = get(g.indices());
        long[] out = new long[Math.toIntExact(g.result().shape().elementCount())];
        yield g.rows(get(g.table()), k -> (int) indices[k], out);
      }
      case EuclideanNorm n ->
          IntegerKernels.euclideanNorm(get(n.input()), n.input().shape(), n.constant());
      case Normalize n -> {
        long[] x = IntegerKernels.shifted(get(n.input()), n.exponents());
        long[] norm = IntegerKernels.euclideanNorm(x, n.input().shape(), n.constant());
        long[] reciprocals =
            Arrays.stream(norm).map(y -> IntegerKernels.reciprocal(y, Normalize.BITS)).toArray();
        yield IntegerKernels.timesPerLine(x, reciprocals);
      }
      case View v -> ViewKernel.LONGS.apply(v, v.operands().stream().map(this::get).toList());
    };
  }

  private long[] map(Value input, LongUnaryOperator function) {
    return Arrays.stream(get(input)).map(function).toArray();
  }

  private long[] zip(Value left, Value right, LongBinaryOperator function) {
    long[] a = get(left);
    long[] b = get(right);
    if (a.length != b.length) {
      throw new IllegalArgumentException("operands " + left + " and " + right + " differ in size");
    }
    long[] out = new long[a.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = function.applyAsLong(a[i], b[i]);
    }
    return out;
  }

  /** entries[clamp(x, first, first + n - 1) - first]. */
  private static LongUnaryOperator look(long first, TensorData entries) {
    long[] table = entries.toLongs();
    return x -> table[(int) (Math.clamp(x, first, first + table.length - 1) - first)];
  }
}
