package org.zkc.ir.interpret;

import java.util.Arrays;
import java.util.List;
import org.zkc.ir.FieldBounds;
import org.zkc.ir.Shape;

/**
 * Reference transforms over F[i] = F[X] / (X^2 + 1), F the integers modulo p = 2^31 - 1, for the
 * interpreter. A spectrum is one array, two elements of F in [0, p) for each point: the number and
 * the coefficient of i. Plain radix-2 loops (Cooley and Tukey 1965).
 */
final class FieldTransforms {
  private static final long P = FieldBounds.ORDER;

  /** The order of the unit circle of F[i] is p + 1 = 2^31. */
  private static final int CIRCLE_LOG = 31;

  private static final long[] GENERATOR = generator();

  private FieldTransforms() {}

  /**
   * The transforms of all planes: element (y, x) of a plane stands at point (y dilation, x
   * dilation), or at minus that when reversed.
   */
  static long[] forward(
      long[] x, Shape shape, Shape result, List<Integer> dilations, boolean reversed) {
    int rank = shape.rank();
    int height = shape.extent(rank - 2);
    int width = shape.extent(rank - 1);
    int rows = result.extent(rank - 2);
    int columns = result.extent(rank - 1);
    long[] out = new long[Math.toIntExact(Math.multiplyExact(2, result.elementCount()))];
    int planes = height * width == 0 ? 0 : x.length / (height * width);
    int sign = reversed ? -1 : 1;
    for (int plane = 0; plane < planes; plane++) {
      int at = plane * rows * columns;
      for (int i = 0; i < height * width; i++) {
        int row = Math.floorMod(sign * (i / width) * dilations.get(0), rows);
        int column = Math.floorMod(sign * (i % width) * dilations.get(1), columns);
        out[2 * (at + row * columns + column)] = Math.floorMod(x[plane * height * width + i], P);
      }
      transform(out, at, rows, columns, false);
    }
    return out;
  }

  /**
   * The planes back, and of each the window result[j] = plane[(starts + j strides) mod sizes] as
   * integers in (-2^30, 2^30).
   *
   * @throws ArithmeticException when an element of the window is not an integer: its coefficient of
   *     i is not 0
   */
  static long[] inverse(
      long[] x, Shape shape, Shape result, List<Integer> starts, List<Integer> strides) {
    int rank = shape.rank();
    int rows = shape.extent(rank - 2);
    int columns = shape.extent(rank - 1);
    int height = result.extent(rank - 2);
    int width = result.extent(rank - 1);
    long[] points = x.clone();
    long[] out = new long[Math.toIntExact(result.elementCount())];
    int planes = x.length / (2 * rows * columns);
    long scale = inverse((long) rows * columns);
    for (int plane = 0; plane < planes; plane++) {
      int at = plane * rows * columns;
      transform(points, at, rows, columns, true);
      for (int i = 0; i < height * width; i++) {
        int row = Math.floorMod(starts.get(0) + i / width * strides.get(0), rows);
        int column = Math.floorMod(starts.get(1) + i % width * strides.get(1), columns);
        int point = 2 * (at + row * columns + column);
        if (points[point + 1] != 0) {
          throw new ArithmeticException("the transform back is not an integer");
        }
        long element = points[point] * scale % P;
        out[plane * height * width + i] = element > P / 2 ? element - P : element;
      }
    }
    return out;
  }

  /** Pointwise, batch axes broadcast. */
  static long[] product(
      long[] left, Shape leftShape, long[] right, Shape rightShape, Shape result) {
    int rank = result.rank();
    int points = result.extent(rank - 2) * result.extent(rank - 1);
    long[] numbers = new long[2];
    long[] out = new long[Math.toIntExact(Math.multiplyExact(2, result.elementCount()))];
    for (int i = 0; i < out.length / 2; i++) {
      int plane = i / points;
      int l = 2 * (broadcastPlane(plane, leftShape, result) * points + i % points);
      int r = 2 * (broadcastPlane(plane, rightShape, result) * points + i % points);
      multiply(left[l], left[l + 1], right[r], right[r + 1], numbers);
      out[2 * i] = numbers[0];
      out[2 * i + 1] = numbers[1];
    }
    return out;
  }

  /** The plane of an operand that the plane {@code plane} of the result reads. */
  private static int broadcastPlane(int plane, Shape operand, Shape result) {
    int at = 0;
    int step = 1;
    int rest = plane;
    for (int axis = result.rank() - 3; axis >= 0; axis--) {
      int index = rest % result.extent(axis);
      rest /= result.extent(axis);
      int own = axis - (result.rank() - operand.rank());
      if (own >= 0) {
        at += operand.extent(own) == 1 ? 0 : index * step;
        step *= operand.extent(own);
      }
    }
    return at;
  }

  /** Sums over one axis, whose extent becomes 1. */
  static long[] sum(long[] x, Shape shape, int axis) {
    int inner = 2;
    for (int k = axis + 1; k < shape.rank(); k++) {
      inner *= shape.extent(k);
    }
    int extent = shape.extent(axis);
    long[] out = new long[extent == 0 ? 0 : x.length / extent];
    for (int i = 0; i < x.length; i++) {
      int to = i / (inner * extent) * inner + i % inner;
      out[to] = (out[to] + x[i]) % P;
    }
    return out;
  }

  private static void transform(long[] x, int at, int rows, int columns, boolean inverse) {
    long[] line = new long[2 * Math.max(rows, columns)];
    for (int row = 0; row < rows; row++) {
      line(x, 2 * (at + row * columns), 2, columns, inverse, line);
    }
    for (int column = 0; column < columns; column++) {
      line(x, 2 * (at + column), 2 * columns, rows, inverse, line);
    }
  }

  /** One transform in place, of n points at x[from + k step]. */
  private static void line(long[] x, int from, int step, int n, boolean inverse, long[] line) {
    int log = Integer.numberOfTrailingZeros(n);
    for (int k = 0; k < n; k++) {
      int reversed = log == 0 ? 0 : Integer.reverse(k) >>> (32 - log);
      line[2 * k] = x[from + reversed * step];
      line[2 * k + 1] = x[from + reversed * step + 1];
    }
    long[] term = new long[2];
    long[] power = new long[2];
    for (int half = 1; half < n; half *= 2) {
      long[] root = root(Integer.numberOfTrailingZeros(half) + 1, inverse);
      for (int block = 0; block < n; block += 2 * half) {
        power[0] = 1;
        power[1] = 0;
        for (int k = 0; k < half; k++) {
          int low = 2 * (block + k);
          int high = low + 2 * half;
          multiply(line[high], line[high + 1], power[0], power[1], term);
          for (int part = 0; part < 2; part++) {
            line[high + part] = (line[low + part] + P - term[part]) % P;
            line[low + part] = (line[low + part] + term[part]) % P;
          }
          multiply(power[0], power[1], root[0], root[1], power);
        }
      }
    }
    for (int k = 0; k < n; k++) {
      x[from + k * step] = line[2 * k];
      x[from + k * step + 1] = line[2 * k + 1];
    }
  }

  /** A root of unity of order 2^log, or its inverse, which is its conjugate. */
  private static long[] root(int log, boolean inverse) {
    long[] root = GENERATOR.clone();
    for (int k = CIRCLE_LOG; k > log; k--) {
      multiply(root[0], root[1], root[0], root[1], root);
    }
    return inverse ? new long[] {root[0], (P - root[1]) % P} : root;
  }

  private static void multiply(long a, long b, long c, long d, long[] out) {
    long real = (a * c % P + P - b * d % P) % P;
    out[1] = (a * d % P + b * c % P) % P;
    out[0] = real;
  }

  /** z / conjugate(z) has norm 1; of every second z it generates the whole circle. */
  private static long[] generator() {
    for (long b = 1; ; b++) {
      // z = 1 + b i: z / conjugate(z) = z^2 / norm(z).
      long scale = inverse((1 + b * b) % P);
      long[] g = {Math.floorMod(1 - b * b, P) * scale % P, 2 * b * scale % P};
      long[] power = g.clone();
      for (int k = 1; k < CIRCLE_LOG; k++) {
        multiply(power[0], power[1], power[0], power[1], power);
      }
      if (Arrays.equals(power, new long[] {P - 1, 0})) {
        return g;
      }
    }
  }

  /** x^(p - 2). */
  private static long inverse(long x) {
    long power = x % P;
    long out = 1;
    for (long e = P - 2; e > 0; e >>= 1) {
      if ((e & 1) == 1) {
        out = out * power % P;
      }
      power = power * power % P;
    }
    return out;
  }
}
