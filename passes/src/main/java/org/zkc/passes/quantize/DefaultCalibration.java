package org.zkc.passes.quantize;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.zkc.ir.Program;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;

/**
 * The samples that stand in where the user gives no calibration data: 16 with elements from N(0,
 * 1), always the same.
 */
public final class DefaultCalibration {
  /** Number of samples. */
  public static final int SAMPLES = 16;

  private static final long SEED = 0x7a6b63;

  private DefaultCalibration() {}

  /** Samples for the parameters of main. */
  public static List<List<TensorData>> samples(Program tensor) {
    Random random = new Random(SEED);
    List<List<TensorData>> samples = new ArrayList<>();
    for (int s = 0; s < SAMPLES; s++) {
      List<TensorData> sample = new ArrayList<>();
      for (Value parameter : tensor.main().parameters()) {
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
