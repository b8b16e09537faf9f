package org.zkc.passes.quantize;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;

/**
 * Variants of calibration samples of other mean and contrast, where there are too few samples to
 * tell what of the activations depends on the input. Each channel (axis 1 of images, all elements
 * of other inputs) gets its contrast times 2^U(-1, 1) and its mean moved by N(0, 1/2) deviations of
 * the whole sample. Integers are put in another order. Seeded, so always the same.
 */
final class ContrastVariants {
  private static final long SEED = 0x636f6e74;

  private ContrastVariants() {}

  /** {@code count} variants, of the samples in turn. */
  static List<List<TensorData>> of(List<List<TensorData>> samples, int count) {
    Random random = new Random(SEED);
    List<List<TensorData>> variants = new ArrayList<>();
    for (int k = 0; k < count; k++) {
      variants.add(samples.get(k % samples.size()).stream().map(x -> variant(x, random)).toList());
    }
    return variants;
  }

  private static TensorData variant(TensorData sample, Random random) {
    if (sample.elementCount() == 0) {
      return sample;
    }
    if (!sample.dtype().isFloating()) {
      return shuffled(sample, random);
    }
    float[] elements = sample.toFloats();
    Shape shape = sample.shape();
    int plane = shape.rank() >= 3 ? (int) shape.strides()[1] : elements.length;
    double deviation = deviation(elements, 0, elements.length);
    for (int at = 0; at < elements.length; at += plane) {
      double mean = mean(elements, at, plane);
      double contrast = StrictMath.pow(2, 2 * random.nextDouble() - 1);
      double moved = mean + 0.5 * deviation * random.nextGaussian();
      for (int i = at; i < at + plane; i++) {
        elements[i] = (float) (moved + contrast * (elements[i] - mean));
      }
    }
    return TensorData.ofFloats(shape, elements);
  }

  private static TensorData shuffled(TensorData sample, Random random) {
    long[] elements = sample.toLongs();
    for (int i = elements.length - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      long kept = elements[i];
      elements[i] = elements[other];
      elements[other] = kept;
    }
    return TensorData.ofLongs(sample.dtype(), sample.shape(), elements);
  }

  private static double mean(float[] elements, int from, int count) {
    double sum = 0;
    for (int i = from; i < from + count; i++) {
      sum += elements[i];
    }
    return sum / count;
  }

  private static double deviation(float[] elements, int from, int count) {
    double mean = mean(elements, from, count);
    double sum = 0;
    for (int i = from; i < from + count; i++) {
      sum += (elements[i] - mean) * (elements[i] - mean);
    }
    return Math.sqrt(sum / count);
  }
}
