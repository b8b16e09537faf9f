package org.zkc.passes.quantize;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.zkc.ir.Interval;
import org.zkc.ir.Program;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;

/**
 * The samples that stand in where the user gives no calibration data: elements from N(0, 1),
 * integers evenly from their interval ({@link IntegerInputs}), always the same, 16 samples or as
 * many as 10^11 multiplications allow, at least 5.
 */
public final class DefaultCalibration {
  /** Number of samples of a program that is not large. */
  public static final int SAMPLES = 16;

  /**
   * The number of samples below which the variation of values from run to run would need further
   * runs.
   */
  private static final int FEWEST_SAMPLES = 5;

  private static final long BUDGET = 100_000_000_000L;

  private static final long SEED = 0x7a6b63;

  private DefaultCalibration() {}

  /** Samples for the parameters of main. */
  public static List<List<TensorData>> samples(Program tensor) {
    Random random = new Random(SEED);
    List<List<TensorData>> samples = new ArrayList<>();
    int count =
        Math.clamp(BUDGET / Math.max(1, Multiplications.of(tensor)), FEWEST_SAMPLES, SAMPLES);
    Map<Value, Interval> integers = IntegerInputs.intervals(tensor.main(), List.of());
    for (int s = 0; s < count; s++) {
      List<TensorData> sample = new ArrayList<>();
      for (Value parameter : tensor.main().parameters()) {
        if (integers.get(parameter) instanceof Interval interval) {
          sample.add(VariedInputs.integers(parameter, interval, random));
          continue;
        }
        float[] elements = new float[Math.toIntExact(parameter.shape().elementCount())];
        for (int i = 0; i < elements.length; i++) {
          elements[i] = (float) random.nextGaussian();
        }
        sample.add(TensorData.ofFloats(parameter.shape(), elements));
      }
      samples.add(sample);
    }
    return samples;
  }
}
