package org.zkc.passes.quantize;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.zkc.ir.Program;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.interpret.TensorInterpreter;

/** Runs a tensor-level program on sample inputs and records the range of each value. */
public final class Calibrate {
  private Calibrate() {}

  /**
   * @param samples one or more; each has one tensor per parameter of main, of the parameter's type
   * @throws UserException when a value is NaN or infinite
   */
  public static Ranges run(Program tensor, List<List<TensorData>> samples) {
    return new Ranges(collect(tensor, samples), false);
  }

  /** Calibration on {@link DefaultCalibration}'s samples, for want of the user's. */
  public static Ranges runDefault(Program tensor) {
    return new Ranges(collect(tensor, DefaultCalibration.samples(tensor)), true);
  }

  private static Map<Value, Ranges.Range> collect(Program tensor, List<List<TensorData>> samples) {
    if (samples.isEmpty()) {
      throw new IllegalArgumentException("calibration needs at least one sample");
    }
    Map<Value, Accumulated> seen = new IdentityHashMap<>();
    for (List<TensorData> sample : samples) {
      TensorInterpreter.run(
          tensor, sample, (value, elements) -> seen.computeIfAbsent(value, v -> new Accumulated()).add(value, elements));
    }
    Map<Value, Ranges.Range> ranges = new IdentityHashMap<>();
    seen.forEach((value, a) -> ranges.put(value, a.range()));
    return ranges;
  }

  private static final class Accumulated {
    private double min = Double.POSITIVE_INFINITY;
    private double max = Double.NEGATIVE_INFINITY;
    private double squares;
    private long count;

    void add(Value value, float[] elements) {
      for (float e : elements) {
        if (!Float.isFinite(e)) {
          throw new UserException(
              "calibration met " + e + " in value " + value + "; check the model and the calibration data for overflow");
        }
        min = Math.min(min, e);
        max = Math.max(max, e);
        squares += (double) e * e;
      }
      count += elements.length;
    }

    Ranges.Range range() {
      return count == 0 ? new Ranges.Range(0, 0, 0) : new Ranges.Range(min, max, Math.sqrt(squares / count));
    }
  }
}
