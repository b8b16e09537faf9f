package org.zkc.ir.interpret;

import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;
import org.zkc.ir.Program;
import org.zkc.ir.Value;
import org.zkc.ir.circuit.CircuitOp;
import org.zkc.ir.circuit.Contract;
import org.zkc.ir.circuit.Conv;
import org.zkc.ir.circuit.EuclideanNorm;
import org.zkc.ir.circuit.Exponentials;
import org.zkc.ir.circuit.FftConv;
import org.zkc.ir.circuit.ForwardTransform;
import org.zkc.ir.circuit.InverseTransform;
import org.zkc.ir.circuit.MatMul;
import org.zkc.ir.circuit.Max;
import org.zkc.ir.circuit.Model;
import org.zkc.ir.circuit.ModelSpectrum;
import org.zkc.ir.circuit.Normalize;
import org.zkc.ir.circuit.Product;
import org.zkc.ir.circuit.Reciprocal;
import org.zkc.ir.circuit.Requantize;
import org.zkc.ir.circuit.RequantizeTable;
import org.zkc.ir.circuit.RoundedQuotient;
import org.zkc.ir.circuit.SpectralProduct;
import org.zkc.ir.circuit.SpectralSum;
import org.zkc.ir.circuit.Sum;
import org.zkc.ir.circuit.Unfold;
import org.zkc.ir.circuit.WindowSum;
import org.zkc.ir.view.Gather;
import org.zkc.ir.view.View;
import org.zkc.ir.view.ViewKernel;

/**
 * Reference evaluation of circuit-level programs; it is what their ops mean. Every element is
 * checked against the interval of its column, and every lookup against the bounds of its table.
 */
public final class CircuitInterpreter {
  private final CheckedRun run;

  private CircuitInterpreter(BiConsumer<Value, long[]> observer) {
    this.run = new CheckedRun(observer);
  }

  /**
   * Evaluates main.
   *
   * @param inputs row-major elements, one array per parameter
   * @param observer sees each parameter and each column that an op defines, in order; it must not
   *     change the arrays
   * @return main's results
   * @throws ArithmeticException when an element is outside the interval of its column, or not in a
   *     table
   */
  public static List<long[]> run(
      Program program, List<long[]> inputs, BiConsumer<Value, long[]> observer) {
    CircuitInterpreter interpreter = new CircuitInterpreter(observer);
    return interpreter.run.of(program, inputs, op -> interpreter.evaluate((CircuitOp) op));
  }

  /** Evaluates main without watching. */
  public static List<long[]> run(Program program, List<long[]> inputs) {
    return run(program, inputs, (value, elements) -> {});
  }

  private long[] get(Value value) {
    return run.get(value);
  }

  private long[] evaluate(CircuitOp op) {
    return switch (op) {
      case Model m -> m.weights().toLongs();
      case Contract c ->
          ContractionKernel.run(
              c.contraction(), get(c.left()), c.left().shape(), get(c.right()), c.right().shape());
      case Conv c ->
          IntegerKernels.conv(
              get(c.input()),
              c.input().shape(),
              get(c.weight()),
              c.weight().shape(),
              null,
              c.result().shape(),
              c.strides(),
              c.paddingLow(),
              c.dilations(),
              c.groups());
      case FftConv c ->
          IntegerKernels.conv(
              get(c.input()),
              c.input().shape(),
              get(c.weight()),
              c.weight().shape(),
              null,
              c.result().shape(),
              c.strides(),
              c.paddingLow(),
              c.dilations(),
              c.groups());
      case ForwardTransform t ->
          FieldTransforms.forward(
              get(t.input()), t.input().shape(), t.result().shape(), t.dilations(), t.reversed());
      case ModelSpectrum t ->
          FieldTransforms.forward(
              get(t.input()), t.input().shape(), t.result().shape(), t.dilations(), t.reversed());
      case SpectralProduct p ->
          FieldTransforms.product(
              get(p.left()),
              p.left().shape(),
              get(p.right()),
              p.right().shape(),
              p.result().shape());
      case SpectralSum s -> FieldTransforms.sum(get(s.input()), s.input().shape(), s.axis());
      case InverseTransform t ->
          FieldTransforms.inverse(
              get(t.input()), t.input().shape(), t.result().shape(), t.starts(), t.strides());
      case MatMul m ->
          IntegerKernels.matMul(get(m.left()), m.left().shape(), get(m.right()), m.right().shape());
      case Product p -> zip(p.left(), p.right(), Math::multiplyExact);
      case Sum s -> sum(s);
      case WindowSum w ->
          IntegerKernels.windowSum(
              get(w.input()), w.input().shape(), w.axis(), w.starts(), w.lengths(), w.factors());
      case Unfold u ->
          IntegerKernels.unfold(
              get(u.input()),
              u.input().shape(),
              u.axis(),
              u.positions(),
              u.taps(),
              u.stride(),
              u.dilation(),
              u.paddingLow());
      case Gather g -> {
        long[] indices = get(g.indices());
        long[] out = new long[Math.toIntExact(g.result().shape().elementCount())];
        yield g.rows(get(g.table()), k -> (int) indices[k], out);
      }
      case View v -> ViewKernel.LONGS.apply(v, v.operands().stream().map(this::get).toList());
      case Max m -> max(m);
      case Requantize r ->
          map(
              r.input(),
              x ->
                  Math.clamp(
                      lookedUp(x, r.shift(), r.first(), r.size()) + r.first(), r.low(), r.high()));
      case RequantizeTable r -> {
        long[] table = r.entries().toLongs();
        yield map(r.input(), x -> table[lookedUp(x, r.shift(), r.first(), table.length)]);
      }
      case Exponentials e ->
          IntegerKernels.exponentials(
              get(e.input()), e.input().shape(), e.axis(), e.shift(), e.entries().toLongs());
      case RoundedQuotient q ->
          zip(
              q.numerator(),
              q.denominator(),
              (n, d) -> IntegerKernels.roundedQuotient(n, d, q.bits(), q.low(), q.high()));
      case EuclideanNorm n ->
          IntegerKernels.euclideanNorm(
              IntegerKernels.shifted(get(n.input()), n.exponents()),
              n.input().shape(),
              n.constant());
      case Reciprocal r -> map(r.input(), x -> IntegerKernels.reciprocal(x, r.bits()));
      case Normalize n ->
          IntegerKernels.timesPerLine(
              IntegerKernels.shifted(get(n.input()), n.exponents()), get(n.reciprocal()));
    };
  }

  /** The index of h = (x + half) >> shift in a table on [first, first + size). */
  private static int lookedUp(long x, int shift, long first, int size) {
    long index = IntegerKernels.shiftRounded(x, shift) - first;
    if (index < 0 || index >= size) {
      throw new ArithmeticException(
          "h = %d is not in the table on [%d, %d)".formatted(index + first, first, first + size));
    }
    return (int) index;
  }

  private long[] sum(Sum op) {
    long[] out = new long[Math.toIntExact(op.result().shape().elementCount())];
    Arrays.fill(out, op.constant());
    for (int k = 0; k < op.inputs().size(); k++) {
      long[] x = get(op.inputs().get(k));
      long coefficient = op.coefficients().get(k);
      for (int i = 0; i < out.length; i++) {
        out[i] = Math.addExact(out[i], Math.multiplyExact(coefficient, x[i]));
      }
    }
    return out;
  }

  private long[] max(Max op) {
    long[] out = get(op.inputs().getFirst()).clone();
    for (Value input : op.inputs()) {
      long[] x = get(input);
      for (int i = 0; i < out.length; i++) {
        out[i] = Math.max(out[i], x[i]);
      }
    }
    return out;
  }

  private long[] map(Value input, LongUnaryOperator function) {
    long[] x = get(input);
    long[] out = new long[x.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = function.applyAsLong(x[i]);
    }
    return out;
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
}
