package org.zkc.passes.quantize;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.zkc.ir.Interval;
import org.zkc.ir.Location;
import org.zkc.ir.Shape;
import org.zkc.ir.Value;
import org.zkc.ir.integer.NormRules;
import org.zkc.ir.tensor.LayerNorm;
import org.zkc.ir.tensor.RmsNorm;
import org.zkc.ir.tensor.Standardization;
import org.zkc.passes.integer.IntegerBuilder;

/**
 * Layer and RMS norms: integers less their rounded mean, as fine as their squares have room, over
 * their Euclidean norm along the axis. With n elements x / sqrt(mean x^2 + epsilon) is sqrt(n) x /
 * sqrt(sum x^2 + n epsilon), so sqrt(n) is in the scale and n epsilon the norm's constant.
 */
final class StandardizationLowering {
  /** Wider integers are read at the scale of their class. */
  private static final long WIDE = 1 << 13;

  /**
   * Integers are made this much finer where there is room: the norm is rounded down to an integer,
   * so it should be large also where elements are small.
   */
  private static final long FINE = 1 << 13;

  /** Means are as fine as the integers at least, and finer while they have few values. */
  private static final long MEAN = 1 << 12;

  /** Fewer steps than these are no result, where the norm is its epsilon all the same. */
  private static final long COARSE = 1 << 7;

  private final IntegerValues values;
  private final Accumulators accumulators;

  StandardizationLowering(IntegerValues values, Accumulators accumulators) {
    this.values = values;
    this.accumulators = accumulators;
  }

  Value of(Standardization op) {
    IntegerBuilder out = values.out();
    TensorAnalysis.Normed read = values.analysis().normed(op);
    Value x = input(read.input(), op.location());
    out.at(op.result().name(), "norm", op.location());
    int last = x.shape().rank() - 1;
    List<Integer> swap = swapped(last + 1, op.axis(), last);
    if (op.axis() != last) {
      x = out.transpose(x, swap);
    }
    Value y =
        switch (op) {
          case LayerNorm n when !read.exponents().isEmpty() ->
              normalized(
                  centred(x, read.exponents()),
                  read.exponents(),
                  n.epsilon(),
                  expected(x, read.input()));
          case LayerNorm n -> {
            Value centred = centred(x);
            yield normalized(centred, List.of(), n.epsilon(), magnitude(centred));
          }
          case RmsNorm n -> normalized(x, read.exponents(), n.epsilon(), expected(x, read.input()));
        };
    return op.axis() == last ? y : out.transpose(y, swap);
  }

  private Value input(Value input, Location location) {
    return values.analysis().isDeferred(input)
        ? accumulators.requantized(input, location)
        : values.narrow(input, WIDE);
  }

  private static List<Integer> swapped(int rank, int a, int b) {
    List<Integer> axes = new ArrayList<>();
    for (int k = 0; k < rank; k++) {
      axes.add(k == a ? b : k == b ? a : k);
    }
    return axes;
  }

  /** x less its mean over the last axis, in units finer by a power of two. */
  private Value centred(Value x) {
    IntegerBuilder out = values.out();
    Shape shape = x.shape();
    int last = shape.rank() - 1;
    int extent = shape.extent(last);
    double scale = x.integerType().scale();
    long most = IntegerBuilder.interval(x).magnitude();
    int bits = 0;
    while (most > 0 && most << bits + 2 <= MEAN) {
      bits++;
    }
    Value mean = mean(x, bits, most);
    Value fine = bits == 0 ? x : out.scale(x, 1L << bits, Math.scalb(scale, -bits));
    return out.subtract(fine, out.broadcast(mean, shape));
  }

  /**
   * The mean over the last axis, in units finer by 2^bits.
   *
   * @param most a bound on its magnitude in units of x
   */
  private Value mean(Value x, int bits, long most) {
    IntegerBuilder out = values.out();
    int last = x.shape().rank() - 1;
    int extent = x.shape().extent(last);
    double scale = x.integerType().scale();
    Value sum = out.windowSum(x, last, List.of(0), List.of(extent), List.of(1), scale);
    Value count =
        values
            .parameters()
            .rounded(values.parameters().unique("count"), new double[] {extent}, Shape.of(1), 1);
    return out.roundedQuotient(
        sum,
        out.broadcast(count, sum.shape()),
        bits,
        -most << bits,
        most << bits,
        Math.scalb(scale, -bits));
  }

  /**
   * Per channel i of the last axis x_i less mean 2^-e_i, where the mean is that of all x_j 2^e_j
   * and e the exponents: the mean is rounded for each exponent that there is, so that a channel is
   * off by as much as its own integers are.
   */
  private Value centred(Value x, List<Integer> exponents) {
    IntegerBuilder out = values.out();
    Shape shape = x.shape();
    int last = shape.rank() - 1;
    int extent = shape.extent(last);
    double scale = x.integerType().scale();
    List<Integer> powers = exponents.stream().map(e -> 1 << e).toList();
    long sum = powers.stream().mapToLong(p -> p).sum();
    Value whole =
        out.windowSum(
            x,
            last,
            IntStream.range(0, extent).boxed().toList(),
            Collections.nCopies(extent, 1),
            powers,
            scale);
    Value mean = mean(whole, 0, Math.ceilDiv(magnitude(x) * sum, extent));
    List<Integer> distinct = exponents.stream().distinct().sorted().toList();
    List<Value> means = distinct.stream().map(e -> shifted(mean, e)).toList();
    double[] chosen = new double[extent * distinct.size()];
    for (int i = 0; i < extent; i++) {
      chosen[i * distinct.size() + distinct.indexOf(exponents.get(i))] = 1;
    }
    Value choice =
        values.parameters().rounded("exponents", chosen, Shape.of(extent, distinct.size()), 1);
    Value ofChannels = out.linear(out.concatenate(means, last), choice, Optional.empty());
    return out.subtract(x, ofChannels);
  }

  /** x 2^-shift, rounded, with the scale of x. */
  private Value shifted(Value x, int shift) {
    if (shift == 0) {
      return x;
    }
    Interval rounded = IntegerBuilder.interval(x).shiftRounded(shift);
    Value y = values.out().requantize(x, shift, rounded.low(), rounded.high());
    return values.out().scale(y, 1, x.integerType().scale());
  }

  /**
   * x over sqrt(mean of x^2 + epsilon) along the last axis, x the input times 2^exponents[i], i the
   * index along it.
   *
   * @param expected the greatest integer that calibration lets expect; where there is no room for
   *     all, what is greater is cut
   */
  private Value normalized(Value input, List<Integer> exponents, double epsilon, long expected) {
    IntegerBuilder out = values.out();
    Value x = input;
    int extent = x.shape().extent(x.shape().rank() - 1);
    int shift = 0;
    long most = magnitude(x);
    while (!NormRules.fits(most, extent, constant(x, extent, epsilon, -shift), exponents)) {
      most = most > expected ? expected : rounded(expected, ++shift);
      boolean coarse = shift > 0 && most < COARSE && isAllEpsilon(x, epsilon);
      if (most == 0 || coarse) {
        return overEpsilon(x, exponents, epsilon);
      }
    }
    if (most < magnitude(x)) {
      x = out.requantize(x, shift, -most, most);
    }
    int bits = 0;
    while (magnitude(x) << bits + 1 <= FINE
        && NormRules.fits(
            magnitude(x) << bits + 1, extent, constant(x, extent, epsilon, bits + 1), exponents)) {
      bits++;
    }
    long constant = constant(x, extent, epsilon, bits);
    if (bits > 0) {
      x = out.scale(x, 1L << bits, Math.scalb(x.integerType().scale(), -bits));
    }
    return out.normalize(
        x, constant, exponents, Math.scalb(Math.sqrt(extent), -org.zkc.ir.integer.Normalize.BITS));
  }

  /**
   * x over sqrt(epsilon): what {@link #normalized} is where elements are so small that epsilon is
   * all of the norm. Integers as coarse as the norm's constant asks for would have few values, or
   * all be 0.
   */
  private Value overEpsilon(Value x, List<Integer> exponents, double epsilon) {
    IntegerBuilder out = values.out();
    Value powers = x;
    if (exponents.stream().anyMatch(e -> e > 0)) {
      int extent = exponents.size();
      double[] diagonal = new double[extent * extent];
      for (int i = 0; i < extent; i++) {
        diagonal[i * extent + i] = 1L << exponents.get(i);
      }
      String name = values.parameters().unique("exponents");
      powers =
          out.linear(
              x,
              values.parameters().rounded(name, diagonal, Shape.of(extent, extent), 1),
              Optional.empty());
    }
    return out.scale(powers, 1, powers.integerType().scale() / Math.sqrt(epsilon));
  }

  /** Whether no square of an integer of x reaches a thousandth of epsilon. */
  private static boolean isAllEpsilon(Value x, double epsilon) {
    double greatest = magnitude(x) * x.integerType().scale();
    return greatest * greatest * 1024 <= epsilon;
  }

  private static long rounded(long x, int shift) {
    return x + (1L << shift >> 1) >> shift;
  }

  /** The greatest integer of x that calibration lets expect. */
  private long expected(Value x, Value input) {
    double greatest = values.classes().greatest(input) / x.integerType().scale();
    return Math.max(1, (long) Math.min(magnitude(x), Math.ceil(greatest)));
  }

  private static long magnitude(Value x) {
    return IntegerBuilder.interval(x).magnitude();
  }

  /** The epsilon of the mean square in the sum of squares of integers of x times 2^bits. */
  private static long constant(Value x, int extent, double epsilon, int bits) {
    double unit = Math.scalb(x.integerType().scale(), -bits);
    return Math.max(1, (long) Math.rint(epsilon * extent / (unit * unit)));
  }
}
