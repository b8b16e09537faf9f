package org.zkc.passes.quantize;

import java.util.List;
import org.zkc.ir.DType;
import org.zkc.ir.FieldBounds;
import org.zkc.ir.TensorData;
import org.zkc.ir.integer.IntegerWeights;
import org.zkc.ir.kernel.TaskRunner;

/**
 * A second tensor of integers for what rounding takes from weights whose sums have no room for as
 * many bits as they should have. Behind a product of two computed values inputs reach hundreds of
 * times their mean, and the weights beside them keep 8 to 10 bits. With w f the weights in units of
 * the accumulator, W = round(w f) and R = round((w f - W) 2^k), W x + (R x) 2^-k is the map with k
 * bits more. R x has room of its own, as every |R| is at most 2^(k-1).
 */
final class WeightRests {
  /** Mantissas of R are bytes. */
  private static final int MOST_BITS = 7;

  /** The fewest bits whose gain is worth a second product. */
  private static final int FEWEST_BITS = 2;

  /**
   * Rounding in units of a share of the variation that the weights' rounding may cost. At 10 a ViT
   * had a quarter more lookups and the same fidelity; maps of SmolLM2 and Gemma 3 that need rests
   * lie far above 100.
   */
  private static final double WORTH = 100;

  private static final double LIMIT = 0.95 * FieldBounds.LIMIT;

  private WeightRests() {}

  /**
   * The most bits k that the sums of a map have room for.
   *
   * @param magnitude of the map's integer inputs
   */
  static int room(long fanIn, double magnitude) {
    double room = LIMIT / fanIn / Math.max(1, magnitude);
    return Math.min(MOST_BITS, Math.getExponent(room) + 1);
  }

  /**
   * The bits k that a map's rests should have; 0 for none.
   *
   * @param unit real number for one unit of the integer weights
   * @param bits of their mantissas
   * @param magnitude of the map's integer inputs
   * @param meanSquare of its real inputs
   * @param allowed variance of the results that the rounding of the weights may cost
   */
  static int bits(
      WeightStatistics weights,
      double unit,
      int bits,
      long magnitude,
      double meanSquare,
      double allowed) {
    double squares = 0;
    for (double greatest : weights.greatest()) {
      double step = Math.scalb(unit, WeightQuantizer.shift(greatest / unit, bits));
      squares += step * step / weights.channels();
    }
    double variance = squares / 12 * weights.fanIn() * meanSquare;
    int room = room(weights.fanIn(), magnitude);
    return variance > WORTH * allowed && room >= FEWEST_BITS ? room : 0;
  }

  /**
   * R, of channels whose mantissas are not shifted; the others fill their mantissas and have rests
   * of 0.
   *
   * @param factor f
   * @param shifts of the channels of W
   * @param bits k
   */
  static IntegerWeights of(
      TensorData reals, double factor, List<Integer> shifts, int bits, TaskRunner tasks) {
    int channels = reals.shape().extent(0);
    long size = reals.elementCount() / Math.max(1, channels);
    TensorData rests =
        TensorData.computed(
            reals.shape(),
            (first, out, count) -> {
              reals.copyFloats(first, out, count);
              for (int i = 0; i < count; i++) {
                double units = out[i] * factor;
                boolean full = !shifts.isEmpty() && shifts.get((int) ((first + i) / size)) > 0;
                out[i] = full ? 0 : (float) (units - Math.rint(units));
              }
            });
    return IntegerWeights.rounded(
        rests,
        Math.scalb(1.0, bits),
        DType.I8,
        List.of(),
        (channel, first, elements, mantissas, count) -> {},
        tasks);
  }
}
