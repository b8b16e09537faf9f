package org.zkc.passes.quantize;

import java.util.Optional;
import org.zkc.ir.DType;
import org.zkc.ir.Interval;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.integer.IntegerRules;
import org.zkc.ir.integer.IntegerWeights;
import org.zkc.ir.tensor.Softmax;
import org.zkc.passes.integer.IntegerBuilder;

/**
 * The shares of a softmax that leave the program, as attention weights do that a model returns. The
 * shares of a trained network are far apart; those of one whose scores are small are 1 / n and a
 * per cent of that, and only this part of them depends on the input.
 *
 * <p>Such shares are taken as their distance from 1 / n: with e the exponentials of scores less
 * their maximum, S their sum, q = round(2^b (n e - S) / S) stands for the share (q + 2^b) / (n
 * 2^b). Numerator and quotient are small where exponentials are alike, so that b and the bits of
 * the exponentials have more room than in e / S.
 */
final class ShareLowering {
  /**
   * The bits by which the surplus of a quotient e / S over its exponentials stays below the
   * logarithm of their number: shares along a line of n are 1 / n and more.
   */
  private static final int LARGER_SHARES = 2;

  /** The most bits of exponentials and of the quotient of distances from 1 / n. */
  private static final int MOST_BITS = 15;

  /** The greatest ratio of two exponentials of which shares are taken as such distances. */
  private static final double ALIKE = 4;

  /** The part of the variation of scores that the rounding to their grid may cost. */
  private static final double SCORE_SHARE = 1e-3;

  private final IntegerValues values;
  private final Accumulators accumulators;
  private final Ranges ranges;
  private final Precision precision;

  ShareLowering(
      IntegerValues values, Accumulators accumulators, Ranges ranges, Precision precision) {
    this.values = values;
    this.accumulators = accumulators;
    this.ranges = ranges;
    this.precision = precision;
  }

  /** Whether the scores, in the range that they are given, are as close to each other as that. */
  boolean areAlike(Softmax op) {
    double magnitude =
        Math.min(
            values.classes().greatest(op.input()),
            values.analysis().bounds(op.input()).magnitude());
    return StrictMath.exp(2 * magnitude) <= ALIKE;
  }

  Value of(Softmax op) {
    double step = Math.sqrt(12 * SCORE_SHARE * ranges.of(op.input()).variation());
    double usual = SoftmaxWeights.wantedStep(precision);
    Value grid =
        SoftmaxWeights.onGrid(
            op.input(),
            step > 0 ? Math.min(step, usual) : usual,
            SoftmaxWeights.mostRows(precision),
            values,
            accumulators,
            op.location());
    Interval scores = IntegerBuilder.interval(grid);
    double least = StrictMath.exp((scores.low() - scores.high()) * grid.integerType().scale());
    int extent = op.input().shape().extent(op.axis());
    return op.mask().isEmpty() && 1 / least <= ALIKE
        ? fromEqual(op, grid, Distances.of(extent, least))
        : direct(op, grid, extent);
  }

  /** e / S in units of 2^-b, with as many bits as the field has room for. */
  private Value direct(Softmax op, Value grid, int extent) {
    int more = Math.max(0, SoftmaxWeights.log(extent) - LARGER_SHARES);
    int exponentBits = MOST_BITS;
    while (exponentBits > 1 && !fits(exponentBits, exponentBits + more, extent)) {
      exponentBits--;
    }
    int bits = exponentBits + more;
    SoftmaxWeights weights =
        SoftmaxWeights.ofGrid(grid, op.mask(), op.axis(), exponentBits, values);
    Value e = weights.exponentials();
    return values
        .out()
        .roundedQuotient(e, weights.sum(e.shape()), bits, 0, 1L << bits, Math.scalb(1.0, -bits));
  }

  private static boolean fits(int exponentBits, int bits, int extent) {
    return bits <= MOST_BITS
        && IntegerRules.isUniqueQuotient(
            new Interval(0, 1L << exponentBits),
            new Interval(0, (long) extent << exponentBits),
            bits,
            new Interval(0, 1L << bits));
  }

  /** 1 / n and the distance from it, in units of 2^-b / n. */
  private Value fromEqual(Softmax op, Value grid, Distances distances) {
    IntegerBuilder out = values.out();
    int extent = distances.extent;
    int bits = distances.bits;
    SoftmaxWeights weights = SoftmaxWeights.ofGrid(grid, Optional.empty(), op.axis(), bits, values);
    Value e = weights.exponentials();
    Value sum = weights.sum(e.shape());
    Value numerator = out.subtract(out.scale(e, extent, sum.integerType().scale()), sum);
    double unit = Math.scalb(1.0, -bits) / extent;
    Value q =
        out.roundedQuotient(
            numerator, sum, bits, distances.range.low(), distances.range.high(), unit);
    IntegerWeights one =
        IntegerWeights.of(TensorData.ofLongs(DType.I32, Shape.of(1), new long[] {1L << bits}));
    Value equal =
        out.parameter(values.parameters().unique(op.result().name() + ".equal"), one, unit);
    return out.add(q, out.broadcast(equal, q.shape()));
  }

  /**
   * The interval that quotients of distances from 1 / n reach.
   *
   * @param extent n
   * @param bits of the exponentials and behind the point of the quotient
   * @param range of the quotient
   */
  private record Distances(int extent, int bits, Interval range) {

    /**
     * The most bits that the field has room for.
     *
     * @param least exponential, of those whose greatest is 1
     */
    private static Distances of(int extent, double least) {
      for (int bits = MOST_BITS; ; bits--) {
        long high = 1L << bits;
        long low = (long) Math.rint(least * high);
        // An exponential that is the greatest among those that are the least, and the reverse.
        double most = (double) extent * high / (high + (extent - 1.0) * low) - 1;
        double fewest = (double) extent * low / (low + (extent - 1.0) * high) - 1;
        Interval range =
            new Interval((long) Math.floor(fewest * high) - 1, (long) Math.ceil(most * high) + 1);
        Interval numerator = new Interval(extent * (low - high), extent * (high - low));
        Interval denominator = new Interval(extent * low, extent * high);
        if (bits == 1 || IntegerRules.isUniqueQuotient(numerator, denominator, bits, range)) {
          return new Distances(extent, bits, range);
        }
      }
    }
  }
}
