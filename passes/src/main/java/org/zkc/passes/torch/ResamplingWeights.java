package org.zkc.passes.torch;

import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;

/**
 * Matrices [to, from] whose row i holds the weights that element i of a resampled axis has on the
 * elements of the axis before, in the single precision that PyTorch computes them in.
 *
 * @param step elements of the axis before for one of the axis after
 * @param alignCorners the first and last elements fall on each other; else the ends of the axes do
 */
record ResamplingWeights(int from, int to, float step, boolean alignCorners) {
  /** Keys's parameter of cubic convolution, for plain and for antialiased resampling. */
  private static final float CUBIC = -0.75f;

  private static final float SMOOTH_CUBIC = -0.5f;

  /** A function of the distance to the element, 0 from its reach on. */
  enum Filter {
    TRIANGLE(1) {
      @Override
      float at(float distance) {
        return Math.max(0, 1 - Math.abs(distance));
      }
    },
    CUBIC(2) {
      @Override
      float at(float distance) {
        return cubic(Math.abs(distance), SMOOTH_CUBIC);
      }
    };

    private final float reach;

    Filter(float reach) {
      this.reach = reach;
    }

    abstract float at(float distance);
  }

  /** Keys, Cubic convolution interpolation for digital image processing, equation 15. */
  private static float cubic(float x, float a) {
    if (x < 1) {
      return ((a + 2) * x - (a + 3)) * x * x + 1;
    }
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
  }

  private float position(int i) {
    return alignCorners ? step * i : step * (i + 0.5f) - 0.5f;
  }

  private TensorData data(float[] matrix) {
    return TensorData.ofFloats(Shape.of(to, from), matrix);
  }

  /** Weights on the two elements that a position is between. */
  TensorData linear() {
    float[] matrix = new float[to * from];
    for (int i = 0; i < to; i++) {
      float at = Math.max(0, position(i));
      int low = Math.min((int) at, from - 1);
      float share = Math.clamp(at - low, 0f, 1f);
      matrix[i * from + low] += 1 - share;
      matrix[i * from + Math.min(low + 1, from - 1)] += share;
    }
    return data(matrix);
  }

  /** Weights on the four elements about a position; the ends of the axis are repeated. */
  TensorData cubic() {
    float[] matrix = new float[to * from];
    for (int i = 0; i < to; i++) {
      float at = position(i);
      int low = (int) Math.floor(at);
      for (int k = -1; k <= 2; k++) {
        matrix[i * from + Math.clamp(low + k, 0, from - 1)] += cubic(Math.abs(at - low - k), CUBIC);
      }
    }
    return data(matrix);
  }

  /** Weights of a filter that is as wide as the elements of the shorter axis are apart. */
  TensorData smoothed(Filter filter) {
    float[] matrix = new float[to * from];
    float width = Math.max(step, 1);
    float reach = filter.reach * width;
    for (int i = 0; i < to; i++) {
      float centre = step * (i + 0.5f);
      int first = Math.max((int) (centre - reach + 0.5f), 0);
      int end = Math.min((int) (centre + reach + 0.5f), from);
      float sum = 0;
      for (int j = first; j < end; j++) {
        matrix[i * from + j] = filter.at((j - centre + 0.5f) / width);
        sum += matrix[i * from + j];
      }
      for (int j = first; j < end && sum != 0; j++) {
        matrix[i * from + j] /= sum;
      }
    }
    return data(matrix);
  }
}
