package org.zkc.passes.circuit;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.zkc.ir.ColumnType;
import org.zkc.ir.Interval;
import org.zkc.ir.SpectrumType;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.circuit.CircuitOp;
import org.zkc.ir.circuit.Contract;
import org.zkc.ir.circuit.Conv;
import org.zkc.ir.circuit.FftConv;
import org.zkc.ir.circuit.ForwardTransform;
import org.zkc.ir.circuit.InverseTransform;
import org.zkc.ir.circuit.MatMul;
import org.zkc.ir.circuit.Max;
import org.zkc.ir.circuit.Model;
import org.zkc.ir.circuit.ModelSpectrum;
import org.zkc.ir.circuit.Product;
import org.zkc.ir.circuit.Requantize;
import org.zkc.ir.circuit.RequantizeTable;
import org.zkc.ir.circuit.RoundedQuotient;
import org.zkc.ir.circuit.SpectralProduct;
import org.zkc.ir.circuit.SpectralReshape;
import org.zkc.ir.circuit.SpectralSum;
import org.zkc.ir.circuit.Sum;
import org.zkc.ir.circuit.Unfold;
import org.zkc.ir.circuit.WindowSum;
import org.zkc.ir.integer.IntegerRules;
import org.zkc.ir.integer.WeightSums;
import org.zkc.ir.view.View;
import org.zkc.ir.view.ViewRules;
import org.zkc.passes.integer.TableIntervals;

/**
 * What columns can reach, by the rules with which the verifier recomputes it: of the model it knows
 * only bounds over all output channels, and it takes a sum of products term by term.
 */
final class ColumnIntervals {
  private final Map<Value, WeightSums> sums = new IdentityHashMap<>();

  /**
   * The interval of the op's result from those of its operands; model columns must come before what
   * reads them.
   */
  Interval of(CircuitOp op) {
    return switch (op) {
      case Model m -> {
        WeightSums found = m.weights().sums();
        sums.put(m.result(), found);
        yield found.elements();
      }
      // Contractions are the compiler's own: the verifier sees what they become.
      case Contract c -> interval(c.result());
      case Conv c -> weighted(interval(c.input()), c.weight());
      case FftConv c -> weighted(interval(c.input()), c.weight());
      case ForwardTransform t -> interval(t.input()).withZero();
      case ModelSpectrum t -> interval(t.input()).withZero();
      // Spectra are the compiler's own: by the time the verifier sees a circuit there are none.
      case SpectralProduct p -> interval(p.result());
      case SpectralSum s -> interval(s.result());
      case SpectralReshape r -> interval(r.input());
      case InverseTransform t -> interval(t.input());
      case MatMul m -> weighted(interval(m.input()), m.weight());
      case Product p -> interval(p.left()).times(interval(p.right()));
      case Sum s -> {
        Interval sum = Interval.point(s.constant());
        for (int k = 0; k < s.inputs().size(); k++) {
          sum = sum.plus(interval(s.inputs().get(k)).times(s.coefficients().get(k)));
        }
        yield sum;
      }
      case WindowSum w -> IntegerRules.windowSum(interval(w.input()), w.lengths(), w.factors());
      case Unfold u -> interval(u.input()).withZero();
      case View v -> Interval.of((ColumnType) ViewRules.infer(v));
      case Max m -> {
        long low = Long.MIN_VALUE;
        long high = Long.MIN_VALUE;
        for (Value input : m.inputs()) {
          low = Math.max(low, interval(input).low());
          high = Math.max(high, interval(input).high());
        }
        yield new Interval(low, high);
      }
      case Requantize r -> interval(r.input()).shiftRounded(r.shift()).clamp(r.low(), r.high());
      case RequantizeTable r ->
          lookedUp(interval(r.input()).shiftRounded(r.shift()), r.first(), r.entries());
      case RoundedQuotient q -> new Interval(0, 1L << q.bits());
    };
  }

  private static Interval lookedUp(Interval index, long first, TensorData entries) {
    return TableIntervals.of(index, first, entries);
  }

  private Interval weighted(Interval input, Value weight) {
    return weighted(
        input, Objects.requireNonNull(sums.get(weight), "the weights of a circuit are Model ops"));
  }

  /** What a linear map reaches, from bounds over all output channels. */
  static Interval weighted(Interval input, WeightSums w) {
    return input.weighted(w.mostPositive(), w.mostNegative());
  }

  static Interval interval(Value value) {
    return value.type() instanceof SpectrumType t
        ? Interval.of(t)
        : Interval.of(value.columnType());
  }

  /**
   * Limbs for a remainder of {@code shift} bits before any choice by cost: as few as range tables
   * of 16 bits allow.
   */
  static List<Integer> plainLimbs(int shift) {
    return shift == 0
        ? List.of()
        : shift <= 16 ? List.of(shift) : List.of(shift / 2, shift - shift / 2);
  }
}
