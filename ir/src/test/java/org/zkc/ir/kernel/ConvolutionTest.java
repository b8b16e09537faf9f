package org.zkc.ir.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Random;
import java.util.concurrent.ForkJoinPool;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Plain and vector loops, and any number of threads, against sums in the order of the definition.
 */
final class ConvolutionTest {
  private static final TaskRunner THREE_THREADS =
      new TaskRunner() {
        private final ForkJoinPool pool = new ForkJoinPool(3);

        @Override
        public int threads() {
          return 3;
        }

        @Override
        public void forEach(int count, IntConsumer task) {
          pool.submit(() -> IntStream.range(0, count).parallel().forEach(task)).join();
        }
      };

  private static ConvolutionGeometry geometry(Random random, long seed) {
    int size = seed % 4 == 0 ? 40 : 9;
    int groups = seed % 3 == 0 ? 1 + random.nextInt(5) : 1;
    int deep = seed % 5 == 0 ? 33 : 4;
    int kernelHeight = 1 + random.nextInt(3);
    int kernelWidth = 1 + random.nextInt(seed % 7 == 0 ? 11 : 3);
    int dilationY = 1 + random.nextInt(3);
    int dilationX = 1 + random.nextInt(3);
    int padY = random.nextInt(5);
    int padX = random.nextInt(5);
    int height = Math.max(1, dilationY * (kernelHeight - 1) + 1 - 2 * padY) + random.nextInt(size);
    int width = Math.max(1, dilationX * (kernelWidth - 1) + 1 - 2 * padX) + random.nextInt(size);
    int strideY = 1 + random.nextInt(3);
    int strideX = 1 + random.nextInt(3);
    return new ConvolutionGeometry(
        1 + random.nextInt(2),
        groups * (1 + random.nextInt(deep)),
        height,
        width,
        groups * (1 + random.nextInt(seed % 2 == 0 ? 3 : 20)),
        (height + 2 * padY - dilationY * (kernelHeight - 1) - 1) / strideY + 1,
        (width + 2 * padX - dilationX * (kernelWidth - 1) - 1) / strideX + 1,
        kernelHeight,
        kernelWidth,
        strideY,
        strideX,
        padY,
        padX,
        dilationY,
        dilationX,
        groups);
  }

  /** One term of one output, or -1 where the input is padding. */
  private static int source(ConvolutionGeometry g, int image, int o, int y, int x, int k) {
    int dx = k % g.kernelWidth();
    int dy = k / g.kernelWidth() % g.kernelHeight();
    int c = o / g.groupOutputs() * g.groupInputs() + k / g.kernelWidth() / g.kernelHeight();
    int row = y * g.strideY() + dy * g.dilationY() - g.padY();
    int column = x * g.strideX() + dx * g.dilationX() - g.padX();
    return row < 0 || row >= g.height() || column < 0 || column >= g.width()
        ? -1
        : ((image * g.channels() + c) * g.height() + row) * g.width() + column;
  }

  private static int[] naive(ConvolutionGeometry g, int[] input, int[] weight) {
    int[] out = new int[g.resultSize()];
    for (int i = 0; i < out.length; i++) {
      int x = i % g.outWidth();
      int y = i / g.outWidth() % g.outHeight();
      int o = i / g.positions() % g.outputs();
      long sum = 0;
      for (int k = 0; k < g.depth(); k++) {
        int from = source(g, i / g.positions() / g.outputs(), o, y, x, k);
        sum += from < 0 ? 0 : (long) input[from] * weight[o * g.depth() + k];
      }
      out[i] = (int) sum;
    }
    return out;
  }

  /** The order that {@link FloatConvolution} promises. */
  private static float[] naive(ConvolutionGeometry g, float[] input, float[] weight) {
    float[] out = new float[g.resultSize()];
    for (int i = 0; i < out.length; i++) {
      int x = i % g.outWidth();
      int y = i / g.outWidth() % g.outHeight();
      int o = i / g.positions() % g.outputs();
      for (int first = 0; first < g.depth(); first += 256) {
        float sum = 0;
        for (int k = first; k < Math.min(first + 256, g.depth()); k++) {
          int from = source(g, i / g.positions() / g.outputs(), o, y, x, k);
          sum += (from < 0 ? 0 : input[from]) * weight[o * g.depth() + k];
        }
        out[i] = first == 0 ? sum : out[i] + sum;
      }
    }
    return out;
  }

  @Test
  void integersOfEveryGeometryAndSize() {
    for (long seed = 0; seed < 150; seed++) {
      Random random = new Random(seed);
      ConvolutionGeometry g = geometry(random, seed);
      // From bits whose sums fit a float's mantissa to sums that wrap many times over.
      int inputBits = 1 + random.nextInt(32);
      int weightBits = 1 + random.nextInt(32);
      int[] input = integers(random, g.batch() * g.channels() * g.height() * g.width(), inputBits);
      int[] weight = integers(random, g.outputs() * g.depth(), weightBits);
      int[] expected = naive(g, input, weight);
      String message = "seed " + seed + ": " + g;
      for (MatrixLoops<int[]> loops :
          new MatrixLoops[] {new PlainIntLoops(), new VectorIntLoops()}) {
        BlockedConvolution<int[]> convolution = new BlockedConvolution<>(g, loops);
        assertArrayEquals(expected, convolution.run(input, weight, TaskRunner.CALLER), message);
        assertArrayEquals(expected, convolution.run(input, weight, THREE_THREADS), message);
        DotConvolution dots = new DotConvolution(g);
        IntLinear.Weights rows =
            (o, row) -> System.arraycopy(weight, o * g.depth(), row, 0, g.depth());
        assertArrayEquals(expected, dots.run(input, rows, loops, TaskRunner.CALLER), message);
        assertArrayEquals(expected, dots.run(input, rows, loops, THREE_THREADS), message);
      }
    }
  }

  private static int[] integers(Random random, int count, int bits) {
    return random.ints(count).map(i -> i >> (32 - bits)).toArray();
  }

  @Test
  void floatsBitForBit() {
    for (long seed = 1000; seed < 1100; seed++) {
      Random random = new Random(seed);
      ConvolutionGeometry g = geometry(random, seed);
      float[] input = floats(random, g.batch() * g.channels() * g.height() * g.width());
      float[] weight = floats(random, g.outputs() * g.depth());
      int[] expected = bits(naive(g, input, weight));
      String message = "seed " + seed + ": " + g;
      for (MatrixLoops<float[]> loops :
          new MatrixLoops[] {new PlainFloatLoops(), new VectorFloatLoops()}) {
        BlockedConvolution<float[]> convolution = new BlockedConvolution<>(g, loops);
        assertArrayEquals(
            expected, bits(convolution.run(input, weight, TaskRunner.CALLER)), message);
        assertArrayEquals(expected, bits(convolution.run(input, weight, THREE_THREADS)), message);
      }
    }
  }

  private static float[] floats(Random random, int count) {
    float[] out = new float[count];
    for (int i = 0; i < count; i++) {
      // Magnitudes that make every change of order visible, and some zeros of both signs.
      out[i] =
          random.nextInt(10) == 0
              ? (random.nextBoolean() ? 0f : -0f)
              : (float) Math.scalb(random.nextGaussian(), random.nextInt(20));
    }
    return out;
  }

  private static int[] bits(float[] values) {
    int[] out = new int[values.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = Float.floatToRawIntBits(values[i]);
    }
    return out;
  }

  @Test
  void linearMapsInTheSameOrder() {
    for (int[] size : new int[][] {{1, 300, 70}, {5, 513, 3}, {4, 256, 128}, {7, 1, 33}}) {
      Random random = new Random(size[1]);
      float[] input = floats(random, size[0] * size[1]);
      float[] weight = floats(random, size[2] * size[1]);
      float[] expected = new float[size[0] * size[2]];
      for (int i = 0; i < expected.length; i++) {
        for (int first = 0; first < size[1]; first += 256) {
          float sum = 0;
          for (int k = first; k < Math.min(first + 256, size[1]); k++) {
            sum += input[i / size[2] * size[1] + k] * weight[i % size[2] * size[1] + k];
          }
          expected[i] = first == 0 ? sum : expected[i] + sum;
        }
      }
      FloatLinear.Weights rows =
          (row, first, count, out) ->
              System.arraycopy(weight, row * size[1] + first, out, 0, count);
      for (MatrixLoops<float[]> loops :
          new MatrixLoops[] {new PlainFloatLoops(), new VectorFloatLoops()}) {
        for (TaskRunner tasks : new TaskRunner[] {TaskRunner.CALLER, THREE_THREADS}) {
          float[] found = FloatLinear.run(input, size[0], size[1], size[2], rows, loops, tasks);
          assertArrayEquals(bits(expected), bits(found));
        }
      }
    }
  }

  @Test
  void integerLinearMaps() {
    Random random = new Random(7);
    int rows = 3;
    int depth = 517;
    int outputs = 13;
    int[] input = integers(random, rows * depth, 32);
    int[] weight = integers(random, outputs * depth, 17);
    int[] expected = new int[rows * outputs];
    for (int i = 0; i < expected.length; i++) {
      for (int k = 0; k < depth; k++) {
        expected[i] += input[i / outputs * depth + k] * weight[i % outputs * depth + k];
      }
    }
    IntLinear.Weights read = (row, out) -> System.arraycopy(weight, row * depth, out, 0, depth);
    for (TaskRunner tasks : new TaskRunner[] {TaskRunner.CALLER, THREE_THREADS}) {
      assertArrayEquals(expected, IntLinear.run(input, rows, depth, outputs, read, tasks));
    }
  }
}
