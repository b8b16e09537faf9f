package org.zkc.passes.quantize;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.zkc.ir.Interval;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;

/**
 * Seeded inputs of varied mean and contrast, for measuring fidelity. Images ([N, C, H, W], H and W
 * at least 4): per sample and channel a mean of 0.7 N(0, 1), per sample a contrast of 2^U(-2, 1)
 * times N(0, 1) noise, every second sample smooth (noise on a grid 4 times coarser, upsampled
 * bilinearly). Other shapes: the same with one channel and no smooth samples. Integers: evenly from
 * their interval.
 */
public final class VariedInputs {
  private final Random random;
  private final Map<Value, Interval> integers;
  private int produced;

  /** Inputs for parameters that hold real numbers. */
  public VariedInputs(long seed) {
    this(seed, Map.of());
  }

  /**
   * @param integers the interval of each parameter that holds integers or booleans
   */
  public VariedInputs(long seed, Map<Value, Interval> integers) {
    this.random = new Random(seed);
    this.integers = new IdentityHashMap<>(integers);
  }

  /** {@code count} samples for the given parameters. */
  public List<List<TensorData>> samples(List<Value> parameters, int count) {
    List<List<TensorData>> samples = new ArrayList<>();
    for (int s = 0; s < count; s++) {
      boolean smooth = produced++ % 2 == 1;
      samples.add(parameters.stream().map(p -> sample(p, smooth)).toList());
    }
    return samples;
  }

  /** Integers of the parameter's type, evenly from the interval. */
  static TensorData integers(Value parameter, Interval interval, Random random) {
    long[] elements = new long[Math.toIntExact(parameter.shape().elementCount())];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = interval.low() + random.nextInt(Math.toIntExact(interval.size()));
    }
    return TensorData.ofLongs(parameter.tensorType().dtype(), parameter.shape(), elements);
  }

  private TensorData sample(Value parameter, boolean smooth) {
    if (integers.get(parameter) instanceof Interval interval) {
      return integers(parameter, interval, random);
    }
    Shape shape = parameter.shape();
    double contrast = StrictMath.pow(2, -2 + 3 * random.nextDouble());
    boolean image = shape.rank() == 4 && shape.extent(2) >= 4 && shape.extent(3) >= 4;
    int count = Math.toIntExact(shape.elementCount());
    int height = image ? shape.extent(2) : 1;
    int width = image ? shape.extent(3) : count;
    float[] elements = new float[count];
    for (int at = 0; at < count; at += height * width) {
      double mean = 0.7 * random.nextGaussian();
      double[] plane = image && smooth ? smooth(height, width) : noise(height * width);
      for (int i = 0; i < plane.length; i++) {
        elements[at + i] = (float) (mean + contrast * plane[i]);
      }
    }
    return TensorData.ofFloats(shape, elements);
  }

  private double[] noise(int count) {
    double[] out = new double[count];
    for (int i = 0; i < count; i++) {
      out[i] = random.nextGaussian();
    }
    return out;
  }

  private double[] smooth(int height, int width) {
    int coarseHeight = (height + 3) / 4;
    int coarseWidth = (width + 3) / 4;
    double[] grid = noise(coarseHeight * coarseWidth);
    double[] out = new double[height * width];
    for (int y = 0; y < height; y++) {
      double fy = Math.clamp((y + 0.5) / 4 - 0.5, 0, coarseHeight - 1);
      int y0 = (int) fy;
      int y1 = Math.min(y0 + 1, coarseHeight - 1);
      for (int x = 0; x < width; x++) {
        double fx = Math.clamp((x + 0.5) / 4 - 0.5, 0, coarseWidth - 1);
        int x0 = (int) fx;
        int x1 = Math.min(x0 + 1, coarseWidth - 1);
        double top =
            grid[y0 * coarseWidth + x0] * (1 - fx + x0) + grid[y0 * coarseWidth + x1] * (fx - x0);
        double bottom =
            grid[y1 * coarseWidth + x0] * (1 - fx + x0) + grid[y1 * coarseWidth + x1] * (fx - x0);
        out[y * width + x] = top * (1 - fy + y0) + bottom * (fy - y0);
      }
    }
    return out;
  }
}
