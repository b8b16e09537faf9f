package org.zkc.passes.quantize;

import java.util.Arrays;
import java.util.Optional;
import org.zkc.ir.FieldBounds;
import org.zkc.ir.Op;
import org.zkc.ir.Value;
import org.zkc.ir.integer.LineNorms;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.tensor.Linear;
import org.zkc.ir.view.UnaryView;

/**
 * The precision that a value needs for the linear maps that read it. A massive channel makes up
 * most of a norm's variance, and its readers give it small weights. If bits were chosen by that
 * variance, the readers' results from the other channels would be lost.
 */
final class ReaderVariation {
  /** Bits of products, the fewest and the most. */
  private static final int FEWEST_BITS = 11;

  private static final int MOST_BITS = 16;

  /** The share of the limit that sums have. */
  private static final double ROOM = 0.9;

  private final TensorAnalysis analysis;
  private final Ranges ranges;
  private final WeightCache cache;

  ReaderVariation(TensorAnalysis analysis, Ranges ranges, WeightCache cache) {
    this.analysis = analysis;
    this.ranges = ranges;
    this.cache = cache;
  }

  /**
   * The least variation of a linear map of the value over the variance that noise of variance 1 in
   * each element has there; infinite where no linear map reads the value.
   */
  double of(Value value) {
    double least = Double.POSITIVE_INFINITY;
    for (Op user : analysis.uses().users(value)) {
      if (user instanceof Linear l && l.input() == value) {
        least = Math.min(least, of(l));
      } else if (user instanceof UnaryView v && LineNorms.leavesLines(v)) {
        least = Math.min(least, of(v.result()));
      }
    }
    return least;
  }

  private double of(Linear map) {
    double variation = ranges.of(map.result()).variation();
    Optional<WeightStatistics> weights = weights(map);
    if (variation <= 0 || weights.isEmpty()) {
      return Double.POSITIVE_INFINITY;
    }
    double squares = meanSquare(weights.get().norms());
    return squares > 0 ? variation / squares : Double.POSITIVE_INFINITY;
  }

  /**
   * The bits of a map's input, from 11 to 16, with which its rounding and that of the weights
   * together cost the results least: a sum has room for so many bits of both.
   *
   * @param magnitude of the input
   * @param rests whether weights have {@link WeightRests} where they lack bits
   */
  int bits(Linear map, double magnitude, boolean rests) {
    Optional<WeightStatistics> weights = weights(map);
    if (weights.isEmpty()) {
      return FEWEST_BITS;
    }
    Ranges.Range input = ranges.of(map.input());
    double spread = Math.min(input.meanSquare(), input.variation());
    double ofInput = magnitude * magnitude * meanSquare(weights.get().norms());
    double ofWeights = spread * weights.get().fanIn() * meanSquare(weights.get().greatest());
    double room = ROOM * FieldBounds.LIMIT / weights.get().largestSum();
    int best = FEWEST_BITS;
    double least = Double.POSITIVE_INFINITY;
    for (int bits = FEWEST_BITS; bits <= MOST_BITS; bits++) {
      int left = Math.min(Precision.MOST_WEIGHT_BITS, Math.getExponent(room) - (bits - 1) + 1);
      if (rests) {
        int more = WeightRests.room(weights.get().fanIn(), Math.scalb(1.0, bits - 1));
        left = Math.min(Precision.MOST_WEIGHT_BITS, left + Math.max(0, more));
      }
      double error =
          square(ofInput, bits) + Precision.HALF_FILLED * square(ofWeights, Math.max(1, left));
      if (error < least) {
        least = error;
        best = bits;
      }
    }
    return best;
  }

  /** The square of a step of that many bits, sign included, for a square of the range. */
  private static double square(double range, int bits) {
    return Math.scalb(range, -2 * (bits - 1));
  }

  private Optional<WeightStatistics> weights(Linear map) {
    return analysis.uses().definition(map.weight()).orElse(null) instanceof Constant weight
        ? Optional.of(
            cache.statistics(map, () -> WeightStatistics.of(weight.data(), cache.tasks())))
        : Optional.empty();
  }

  private static double meanSquare(double[] numbers) {
    return Arrays.stream(numbers).map(x -> x * x).average().orElse(0);
  }
}
