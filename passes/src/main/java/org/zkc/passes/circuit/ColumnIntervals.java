package org.zkc.passes.circuit;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.zkc.ir.ColumnType;
import org.zkc.ir.Interval;
import org.zkc.ir.Op;
import org.zkc.ir.SpectrumType;
import org.zkc.ir.Type;
import org.zkc.ir.Value;
import org.zkc.ir.circuit.CircuitOp;
import org.zkc.ir.circuit.CircuitRules;
import org.zkc.ir.circuit.ColumnNorms;
import org.zkc.ir.circuit.Contract;
import org.zkc.ir.circuit.Model;
import org.zkc.ir.circuit.SpectralProduct;
import org.zkc.ir.circuit.SpectralSum;
import org.zkc.ir.integer.LineNorms;
import org.zkc.ir.integer.WeightSums;

/**
 * The intervals that columns can reach, by the rules with which the verifier recomputes them: of
 * the model the verifier knows only bounds over all output channels, and it takes a sum of products
 * term by term.
 */
final class ColumnIntervals implements CircuitRules.ModelSums {
  private final Map<Value, WeightSums> sums = new IdentityHashMap<>();
  private final Map<Value, Op> definitions = new IdentityHashMap<>();

  /**
   * The interval of the op's result from those of its operands; model columns must come before what
   * reads them.
   */
  Interval of(CircuitOp op) {
    if (op instanceof Model m) {
      sums.put(m.result(), m.weights().sums());
    }
    op.definitions().forEach(v -> definitions.put(v, op));
    return interval(CircuitRules.infer(op, this));
  }

  @Override
  public Optional<Interval> weighted(Interval input, Value weight) {
    return Optional.ofNullable(sums.get(weight)).map(known -> weighted(input, known));
  }

  @Override
  public Interval withinNorms(Interval reached, Value input, Value weight) {
    WeightSums known = sums.get(weight);
    return known == null
        ? reached
        : LineNorms.within(reached, ColumnNorms.of(input, this::definition), known.mostNorm());
  }

  @Override
  public Optional<Op> definition(Value column) {
    return Optional.ofNullable(definitions.get(column));
  }

  /**
   * Contractions and spectra are the compiler's own: by the time the verifier sees a circuit there
   * are none.
   */
  @Override
  public boolean isGiven(CircuitOp op) {
    return op instanceof Contract || op instanceof SpectralProduct || op instanceof SpectralSum;
  }

  /** The interval that a linear map reaches, from bounds over all output channels. */
  static Interval weighted(Interval input, WeightSums w) {
    return input.weighted(w.mostPositive(), w.mostNegative());
  }

  static Interval interval(Value value) {
    return interval(value.type());
  }

  private static Interval interval(Type type) {
    return type instanceof SpectrumType t ? Interval.of(t) : Interval.of((ColumnType) type);
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
