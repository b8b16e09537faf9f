package org.zkc.passes.tensor;

import org.jspecify.annotations.Nullable;
import org.zkc.ir.Op;
import org.zkc.ir.TensorData;
import org.zkc.ir.Uses;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.BatchNorm;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.tensor.Conv;
import org.zkc.ir.tensor.Linear;

/**
 * The reach of the outputs of a map with constant parameters, and how much they depend on each of
 * its inputs.
 *
 * @param rows per output channel, the norm of its weights and bias
 * @param columns per input channel, the norm of the weights that read it over the number of rows
 *     that do
 */
record MapNorms(double[] rows, double[] columns) {
  static MapNorms of(Op op, Uses uses) {
    return switch (op) {
      case Conv c -> of(c.input(), c.weight(), c.bias().orElse(null), c.groups(), uses);
      case Linear l -> of(l.input(), l.weight(), l.bias().orElse(null), 1, uses);
      case BatchNorm b -> of(b, uses);
      default -> throw new IllegalArgumentException("not a map");
    };
  }

  private static MapNorms of(
      Value input, Value weight, @Nullable Value bias, int groups, Uses uses) {
    TensorData weights = data(weight, uses);
    int outputs = weight.shape().extent(0);
    int width = weight.shape().extent(1);
    int taps = (int) (weights.elementCount() / Math.max(1, (long) outputs * width));
    float[] channel = new float[width * taps];
    double[] rows = new double[outputs];
    double[] columns = new double[input.shape().extent(1)];
    float[] shifts = bias == null ? new float[outputs] : elements(bias, uses);
    for (int o = 0; o < outputs; o++) {
      double sum = (double) shifts[o] * shifts[o];
      weights.copyFloats((long) o * channel.length, channel, channel.length);
      int first = o / (outputs / groups) * width;
      rows[o] =
          Math.sqrt(
              taps == 1
                  ? pointwise(sum, channel, columns, first)
                  : byTaps(sum, channel, taps, columns, first));
    }
    for (int c = 0; c < columns.length; c++) {
      columns[c] = Math.sqrt(columns[c] * groups / outputs);
    }
    return new MapNorms(rows, columns);
  }

  /** Adds the squares of an output's weights to {@code start}, and each input's to its column. */
  private static double byTaps(
      double start, float[] weights, int taps, double[] columns, int first) {
    double sum = start;
    for (int c = 0; c < weights.length / Math.max(1, taps); c++) {
      double squares = 0;
      for (int i = c * taps; i < (c + 1) * taps; i++) {
        squares += (double) weights[i] * weights[i];
      }
      sum += squares;
      columns[first + c] += squares;
    }
    return sum;
  }

  /** Adds squares with one weight for each input, as in most maps of large models. */
  private static double pointwise(double start, float[] weights, double[] columns, int first) {
    double sum = start;
    for (int c = 0; c < weights.length; c++) {
      double square = (double) weights[c] * weights[c];
      sum += square;
      columns[first + c] += square;
    }
    return sum;
  }

  private static MapNorms of(BatchNorm op, Uses uses) {
    float[] variance = elements(op.variance(), uses);
    double[] rows = new double[variance.length];
    double[] columns = new double[variance.length];
    for (int c = 0; c < rows.length; c++) {
      double gain = op.weight().isPresent() ? elements(op.weight().get(), uses)[c] : 1;
      double shift = op.bias().isPresent() ? elements(op.bias().get(), uses)[c] : 0;
      rows[c] = StrictMath.hypot(gain, shift);
      columns[c] = Math.abs(gain) / Math.sqrt(variance[c] + op.epsilon());
    }
    return new MapNorms(rows, columns);
  }

  private static float[] elements(Value value, Uses uses) {
    return data(value, uses).toFloats();
  }

  private static TensorData data(Value value, Uses uses) {
    return ((Constant) uses.definition(value).orElseThrow()).data();
  }
}
