package org.zkc.passes.quantize;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.zkc.ir.Op;
import org.zkc.ir.Program;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.interpret.TensorInterpreter;
import org.zkc.ir.tensor.Conv;
import org.zkc.ir.tensor.Linear;

/** Runs a tensor-level program on sample inputs and records the range of each value. */
public final class Calibrate {
  private Calibrate() {}

  /**
   * @param samples one or more; each has one tensor per parameter of main, of the parameter's type
   * @throws UserException when a value is NaN or infinite
   */
  public static Ranges run(Program tensor, List<List<TensorData>> samples) {
    return collect(tensor, samples, false);
  }

  /** Calibration on {@link DefaultCalibration}'s samples, for want of the user's. */
  public static Ranges runDefault(Program tensor) {
    return collect(tensor, DefaultCalibration.samples(tensor), true);
  }

  private static Ranges collect(
      Program tensor, List<List<TensorData>> samples, boolean defaultNoise) {
    if (samples.isEmpty()) {
      throw new IllegalArgumentException("calibration needs at least one sample");
    }
    Map<Value, Integer> meanAxes = new IdentityHashMap<>();
    for (Op op : tensor.main().body()) {
      if (op instanceof Conv c) {
        meanAxes.put(c.input(), 1);
      } else if (op instanceof Linear l) {
        meanAxes.put(l.input(), l.input().shape().rank() - 1);
      }
    }
    Map<Value, Accumulated> seen = new IdentityHashMap<>();
    TensorInterpreter reference = new TensorInterpreter(tensor);
    List<List<TensorData>> outputs = new ArrayList<>();
    for (List<TensorData> sample : samples) {
      outputs.add(
          reference.run(
              sample,
              (value, elements) ->
                  seen.computeIfAbsent(value, v -> new Accumulated(v, meanAxes.getOrDefault(v, -1)))
                      .add(value, elements)));
    }
    Map<Value, Ranges.Range> ranges = new IdentityHashMap<>();
    Map<Value, double[]> means = new IdentityHashMap<>();
    seen.forEach((value, a) -> {
      ranges.put(value, a.range());
      if (meanAxes.containsKey(value)) {
        means.put(value, a.means());
      }
    });
    return new Ranges(ranges, means, samples, outputs, defaultNoise);
  }

  private static final class Accumulated {
    private double min = Double.POSITIVE_INFINITY;
    private double max = Double.NEGATIVE_INFINITY;
    private double squares;
    private long count;
    private int samples;

    /** Per element, the sum over samples. */
    private final double[] elementSums;

    /** Sums per index of the axis that means are wanted of; one sum of all where none is. */
    private final double[] sums;

    /** Elements between neighbours on that axis. */
    private final int inner;

    Accumulated(Value value, int axis) {
      elementSums = new double[Math.toIntExact(value.shape().elementCount())];
      sums = new double[axis < 0 ? 1 : value.shape().extent(axis)];
      inner = axis < 0 ? 1 : (int) value.shape().strides()[axis];
    }

    double[] means() {
      return Arrays.stream(sums).map(s -> s * sums.length / Math.max(1, count)).toArray();
    }

    void add(Value value, float[] elements) {
      for (int i = 0; i < elements.length; i++) {
        float e = elements[i];
        if (!Float.isFinite(e)) {
          throw new UserException(
              "calibration met "
                  + e
                  + " in value "
                  + value
                  + "; check the model and the calibration data for overflow");
        }
        min = Math.min(min, e);
        max = Math.max(max, e);
        squares += (double) e * e;
        sums[i / inner % sums.length] += e;
        elementSums[i] += e;
      }
      count += elements.length;
      samples++;
    }

    Ranges.Range range() {
      if (count == 0) {
        return new Ranges.Range(0, 0, 0, 0);
      }
      double explained = 0;
      for (double sum : elementSums) {
        explained += sum * sum / samples;
      }
      double variation =
          samples == 1 ? 0 : Math.max(0, squares - explained) / (count - elementSums.length);
      return new Ranges.Range(min, max, variation, squares / count);
    }
  }
}
