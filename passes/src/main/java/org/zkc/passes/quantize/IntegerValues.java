package org.zkc.passes.quantize;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.zkc.ir.Function;
import org.zkc.ir.Interval;
import org.zkc.ir.Uses;
import org.zkc.ir.Value;
import org.zkc.ir.integer.Requantize;
import org.zkc.passes.integer.IntegerBuilder;

/**
 * The integers that stand for values of a tensor-level function while the function is lowered.
 * Every family of ops reads its operands from here.
 */
final class IntegerValues {
  /** The greatest integers that maxima and products read as they are, without requantisation. */
  static final long NARROW = 1 << 12;

  /** The greatest integers that linear maps read as they are, where the accumulator has room. */
  static final long CONSUMABLE = 1 << 20;

  /**
   * The greatest integers that are summands as they are: a sum has room for a multiplier of 8 bits
   * and more.
   */
  static final long SUMMAND = 1 << 16;

  private final TensorAnalysis analysis;
  private final ScaleClasses classes;
  private final IntegerBuilder out;
  private final ParameterLowering parameters;

  /** Integers that stand for a value, as precise as there are. */
  private final Map<Value, Value> exact = new IdentityHashMap<>();

  /** The same requantised to the scale of the value's class. */
  private final Map<Value, Value> narrowed = new IdentityHashMap<>();

  IntegerValues(
      TensorAnalysis analysis,
      ScaleClasses classes,
      IntegerBuilder out,
      ParameterLowering parameters) {
    this.analysis = analysis;
    this.classes = classes;
    this.out = out;
    this.parameters = parameters;
  }

  TensorAnalysis analysis() {
    return analysis;
  }

  ScaleClasses classes() {
    return classes;
  }

  /** The integer-level function under construction. */
  IntegerBuilder out() {
    return out;
  }

  ParameterLowering parameters() {
    return parameters;
  }

  /** Makes {@code integers} stand for the value from now on. */
  void define(Value value, Value integers) {
    exact.put(value, integers);
  }

  /** Whether the value is an input of the program. */
  boolean isInput(Value value) {
    return analysis.uses().definition(value).isEmpty();
  }

  /** The integers of a value that an op before made. */
  Value exactly(Value value) {
    return Objects.requireNonNull(exact.get(value), "no op before the use made the value");
  }

  /** The integers of a result of the program. */
  Value output(Value value) {
    return analysis.isConstant(value)
        ? parameters.constant(value, parameters.magnitude(value) / Short.MAX_VALUE)
        : exactly(value);
  }

  /** The value's integers, requantised to its class when their magnitude exceeds {@code limit}. */
  Value narrow(Value value, long limit) {
    if (analysis.isConstant(value)) {
      return parameters.constant(value);
    }
    Value integers = exactly(value);
    return IntegerBuilder.interval(integers).magnitude() <= limit ? integers : atClassScale(value);
  }

  /** The value's integers at the scale of its class. */
  Value atClassScale(Value value) {
    Value integers = exactly(value);
    Quantum q =
        classes.aligned(
            value, integers.integerType().scale(), IntegerBuilder.interval(integers).magnitude());
    if (integers.integerType().scale() == q.scale()) {
      return integers;
    }
    return narrowed.computeIfAbsent(
        value, v -> Rescaling.apply(out, integers, q, q.low(), q.high()));
  }

  /** Tensor values with the integers that stand for them. */
  Map<Value, Value> counterparts() {
    return Collections.unmodifiableMap(exact);
  }

  /** The bits of requantised values, by name. */
  Map<String, Integer> bits(Function integers) {
    Map<String, Integer> bits = new TreeMap<>();
    Uses uses = Uses.of(integers);
    exact.forEach((value, x) -> {
      if (uses.definition(x).orElse(null) instanceof Requantize) {
        bits.put(value.name(), bitsOf(x));
      }
    });
    narrowed.forEach((value, x) -> bits.put(value.name(), bitsOf(x)));
    return bits;
  }

  /** Bits of the integers between the value's bounds. */
  private static int bitsOf(Value value) {
    Interval interval = IntegerBuilder.interval(value);
    return Long.SIZE - Long.numberOfLeadingZeros(Math.max(1, interval.high() - interval.low()));
  }
}
