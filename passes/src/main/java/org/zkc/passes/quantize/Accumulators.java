package org.zkc.passes.quantize;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.zkc.ir.FieldBounds;
import org.zkc.ir.Location;
import org.zkc.ir.OpSpec;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Add;
import org.zkc.ir.tensor.Linear;
import org.zkc.ir.tensor.Multiply;
import org.zkc.ir.tensor.Subtract;
import org.zkc.ir.tensor.TensorOp;
import org.zkc.ir.view.Gather;
import org.zkc.ir.view.UnaryView;
import org.zkc.passes.PassContext;
import org.zkc.passes.integer.IntegerBuilder;
import org.zkc.passes.integer.WideClamp;

/**
 * Sums of linear maps, of integers and of constants, at a scale that suits all of them. An op that
 * can give its result at any scale is computed within its reader's accumulator ({@link
 * TensorAnalysis}), and requantised once.
 */
final class Accumulators {
  /** Room for the rounding of constants beside exact integers. */
  private static final double ROOM = 0.95 * FieldBounds.LIMIT;

  /**
   * The steps that sums may reach in one table, with room for what rounding adds to their bounds.
   */
  private static final double MOST_ROWS = 0.9 * FieldBounds.MAX_TABLE_ROWS;

  /**
   * The steps that sums may reach where they are requantised, as far as a {@link WideClamp} goes.
   */
  private static final double MOST_STEPS = 1 << 27;

  /**
   * Beside wide sums a term that is finer than the accumulator, or not coarser by this factor, is
   * rounded to it: its multiplier would have few bits, or be 0.
   */
  private static final double FINE = 1 << 6;

  private final IntegerValues values;
  private final GatherLowering gathers;
  private final WeightLowering weights;
  private final QuantizationOptions options;
  private final PassContext context;

  Accumulators(
      IntegerValues values,
      WeightLowering weights,
      QuantizationOptions options,
      PassContext context) {
    this.values = values;
    this.gathers = new GatherLowering(values);
    this.weights = weights;
    this.options = options;
    this.context = context;
  }

  /**
   * The value of an accumulating op that no other op absorbs: exact for an output, else requantised
   * at once.
   */
  Value root(Value value, Location location) {
    boolean feedsOrder = values.analysis().decisive().feedsOrder(value);
    Optional<Value> exact = feedsOrder ? exactly(value) : Optional.empty();
    if (exact.isPresent()) {
      return exact.get();
    }
    AccumulatorScale scale = terms(value);
    double only = scale.onlyIntegers();
    if (only > 0 && scale.fits(only, IntegerValues.CONSUMABLE)) {
      return accumulate(value, only);
    }
    if (values.analysis().isOutput(value) || feedsOrder) {
      return accumulate(value, scale.free());
    }
    return requantized(value, scale, location);
  }

  /**
   * A deferred value, in its accumulator, requantised to the scale of its class.
   *
   * @throws UserException at the location, when no scale of the accumulator fits
   */
  Value requantized(Value value, Location location) {
    return requantized(value, terms(value), location);
  }

  /** The greatest magnitude of a deferred value's sums. */
  double reach(Value value) {
    return terms(value).bound();
  }

  /** The least scale of integers whose table goes from -reach to reach. */
  static double leastStep(double reach) {
    return 2 * reach / MOST_ROWS;
  }

  private Value requantized(Value value, AccumulatorScale scale, Location location) {
    Quantum q = values.classes().quantum(value, 2 * scale.bound() / MOST_STEPS, scale.bound());
    return requantized(value, scale, q, q.low(), q.high(), location);
  }

  /**
   * A deferred value, in its accumulator, requantised to {@code q} and cut to [low, high].
   *
   * @throws UserException at the location, when no scale of the accumulator fits
   */
  Value requantized(Value value, Quantum q, long low, long high, Location location) {
    return requantized(value, terms(value), q, low, high, location);
  }

  /**
   * A deferred value as exact integers: where it is one tensor of integers, through views, times
   * numbers, plus constants, at the scale that these integers have already. Empty where it is more,
   * or where the sums have no room.
   */
  Optional<Value> exactly(Value value) {
    AccumulatorScale scale = new AccumulatorScale(false);
    collect(value, 1, scale, true, FieldBounds.LIMIT);
    double only = scale.onlyIntegers();
    return only > 0 && scale.fits(only, ROOM)
        ? Optional.of(accumulate(value, only, true, FieldBounds.LIMIT))
        : Optional.empty();
  }

  /**
   * The value as integers of which 2^k make 1 for some k from 1 on, as precise as there is room
   * for; empty where there is none.
   */
  Optional<Value> binary(Value value) {
    boolean isRoot = values.analysis().isDeferred(value);
    AccumulatorScale scale = new AccumulatorScale(true);
    collect(value, 1, scale, isRoot, IntegerValues.SUMMAND);
    OptionalInt shift = scale.binary();
    return shift.isPresent()
        ? Optional.of(
            accumulate(value, Math.scalb(1.0, -shift.getAsInt()), isRoot, IntegerValues.SUMMAND))
        : Optional.empty();
  }

  /** The terms of the accumulator of {@code value}, itself accumulating. */
  private AccumulatorScale terms(Value value) {
    AccumulatorScale scale = new AccumulatorScale(values.analysis().decisive().feedsOrder(value));
    collect(value, 1, scale, true, IntegerValues.SUMMAND);
    return scale;
  }

  /**
   * @param widest the greatest integers that are summands as they are
   */
  private void collect(
      Value value, double gain, AccumulatorScale scale, boolean isRoot, long widest) {
    if (values.analysis().isConstant(value)) {
      scale.addConstants(values.parameters().magnitude(value), gain);
      return;
    }
    if (!isRoot && !values.analysis().isDeferred(value)) {
      Value integers = values.narrow(value, widest);
      scale.addIntegers(
          integers.integerType().scale(), IntegerBuilder.interval(integers).magnitude(), gain);
      return;
    }
    TensorOp op = values.analysis().definition(value);
    if (op instanceof Gather g) {
      scale.addConstants(values.parameters().magnitude(g.table()), gain);
      return;
    }
    Optional<WeightLowering.LinearMap> map = weights.linearMap(op);
    if (map.isPresent()) {
      Value x = mapInput(map.get());
      scale.addMap(
          x.integerType().scale(),
          IntegerBuilder.interval(x).magnitude(),
          op instanceof Linear ? lineNorm(x) : Double.POSITIVE_INFINITY,
          map.get().statistics(),
          map.get().biasMagnitude(),
          gain,
          map.get().bits());
    } else if (op instanceof Add || op instanceof Subtract) {
      op.operands().forEach(v -> collect(v, gain, scale, false, widest));
    } else if (op instanceof UnaryView v) {
      collect(v.input(), gain, scale, false, widest);
    } else if (values.analysis().byChannel(op).isPresent()) {
      TensorAnalysis.ByChannel product = values.analysis().byChannel(op).get();
      Value integers = values.narrow(product.input(), widest);
      scale.addChannels(
          integers.integerType().scale(),
          IntegerBuilder.interval(integers).magnitude(),
          gain,
          product.factors());
    } else {
      TensorAnalysis.Scaled scaled = values.analysis().scaled(op).orElseThrow();
      double factor = Math.abs(uniform(scaled));
      if (factor > 0) { // a term that is 0 asks for no resolution
        collect(scaled.input(), gain * factor, scale, false, widest);
      }
    }
  }

  private double lineNorm(Value x) {
    OptionalLong known = values.out().lineNorm(x);
    return known.isPresent() ? known.getAsLong() : Double.POSITIVE_INFINITY;
  }

  /** The integers of {@code value} at scale {@code a}. */
  private Value accumulate(Value value, double a) {
    return accumulate(value, a, true, IntegerValues.SUMMAND);
  }

  private Value accumulate(Value value, double a, boolean isRoot, long widest) {
    if (values.analysis().isConstant(value)) {
      return values.parameters().constant(value, a);
    }
    if (!isRoot && !values.analysis().isDeferred(value)) {
      Value integers = values.narrow(value, widest);
      double ratio = integers.integerType().scale() / a;
      if (values.classes().isWide() && ratio < FINE && ratio != Math.rint(ratio)) {
        long reach = (long) Math.ceil(IntegerBuilder.interval(integers).magnitude() * ratio) + 1;
        return Rescaling.apply(
            values.out(), integers, new Quantum(a, -reach, reach), -reach, reach);
      }
      return Math.abs(ratio - 1) < 1e-9
          ? integers
          : values.out().scale(integers, (long) Math.rint(ratio), a);
    }
    TensorOp op = values.analysis().definition(value);
    values.out().at(value.name(), OpSpec.of(op).mnemonic(), op.location());
    Optional<WeightLowering.LinearMap> map = weights.linearMap(op);
    if (map.isPresent()) {
      return weights.emit(map.get(), mapInput(map.get()), a);
    }
    return switch (op) {
      case Add s ->
          values
              .out()
              .add(accumulate(s.left(), a, false, widest), accumulate(s.right(), a, false, widest));
      case Gather g -> gathers.constants(g, a);
      case UnaryView v ->
          values.out().viewOfReals(v, List.of(accumulate(v.input(), a, false, widest)));
      case Subtract s ->
          values
              .out()
              .subtract(
                  accumulate(s.left(), a, false, widest), accumulate(s.right(), a, false, widest));
      case Multiply m when values.analysis().byChannel(m).isPresent() ->
          channels(values.analysis().byChannel(m).get(), a, widest);
      default -> {
        TensorAnalysis.Scaled scaled = values.analysis().scaled(op).orElseThrow();
        double factor = uniform(scaled);
        yield factor == 0
            ? values.out().scale(anyIntegers(scaled.input(), widest), 0, a)
            : values
                .out()
                .scale(
                    accumulate(scaled.input(), a / Math.abs(factor), false, widest),
                    factor < 0 ? -1 : 1,
                    a);
      }
    };
  }

  /** The value at whatever scale it fits, as a state of zeros reads it before the first step. */
  private Value anyIntegers(Value value, long widest) {
    return values.analysis().isDeferred(value)
        ? accumulate(value, terms(value).free())
        : values.narrow(value, widest);
  }

  /** Every channel times the multiplier that brings it, times its factor, to scale a. */
  private Value channels(TensorAnalysis.ByChannel product, double a, long widest) {
    Value integers = values.narrow(product.input(), widest);
    double ratio = integers.integerType().scale() / a;
    int channels = product.factors().length;
    return values
        .out()
        .windowSum(
            integers,
            integers.shape().rank() - 1,
            IntStream.range(0, channels).boxed().toList(),
            Collections.nCopies(channels, 1),
            Arrays.stream(product.factors())
                .mapToInt(f -> (int) Math.rint(ratio * f))
                .boxed()
                .toList(),
            a);
  }

  private static double uniform(TensorAnalysis.Scaled scaled) {
    return ((ConstantFactor.Uniform) scaled.factor()).factor();
  }

  /**
   * The input of a linear map: wide sums are taken as they are where the accumulator can hold them.
   */
  private Value mapInput(WeightLowering.LinearMap map) {
    double room =
        0.9 * FieldBounds.LIMIT / map.statistics().largestSum() / (1L << (map.bits() - 1));
    return values.narrow(
        map.input(), (long) Math.clamp(room, IntegerValues.NARROW, IntegerValues.CONSUMABLE));
  }

  private Value requantized(
      Value value, AccumulatorScale scale, Quantum q, long low, long high, Location location) {
    int shift = scale.shift(q.scale());
    if (shift < 0) {
      throw new UserException(
          location,
          "the sums of this %s reach %.3g, and what reads them needs steps of %.3g: together more than the 31-bit field holds at %d bits; clamp them, fill masks with smaller numbers, or compile with fewer --bits"
              .formatted(
                  OpSpec.of(values.analysis().definition(value)).mnemonic(),
                  values.classes().greatest(value),
                  q.scale(),
                  options.bitsOf(value.name())));
    }
    context.count("quantize.requantisations", 1);
    return TwoLimbs.requantize(
        values.out(), accumulate(value, Math.scalb(q.scale(), -shift)), shift, low, high);
  }
}
