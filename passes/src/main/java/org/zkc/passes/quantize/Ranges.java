package org.zkc.passes.quantize;

import java.util.IdentityHashMap;
import java.util.Map;
import org.zkc.ir.Value;

/** What calibration saw of each floating-point value of a tensor-level program, over all samples. */
public final class Ranges {

  /**
   * Smallest and largest element, and the root of the mean square.
   *
   * @param min at most max; both finite
   */
  public record Range(double min, double max, double rms) {
    /** The larger of |min| and |max|. */
    public double magnitude() {
      return Math.max(Math.abs(min), Math.abs(max));
    }
  }

  private final Map<Value, Range> ranges;
  private final boolean defaultNoise;

  /**
   * @param defaultNoise the samples were {@link DefaultCalibration}'s, not the user's: quantisation then leaves more room
   */
  public Ranges(Map<Value, Range> ranges, boolean defaultNoise) {
    this.ranges = new IdentityHashMap<>(ranges);
    this.defaultNoise = defaultNoise;
  }

  /** The range of a value that the calibrated program defines; a program error otherwise. */
  public Range of(Value value) {
    Range range = ranges.get(value);
    if (range == null) {
      throw new IllegalStateException("calibration did not see " + value);
    }
    return range;
  }

  /** Whether the samples were the default noise and not given by the user. */
  public boolean isDefaultNoise() {
    return defaultNoise;
  }
}
