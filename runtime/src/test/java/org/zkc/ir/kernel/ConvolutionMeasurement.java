package org.zkc.ir.kernel;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Measures convolutions of the shapes that image models have, on one thread: multiplications with
 * their additions per nanosecond of processor time (best of a few runs), beside what one tile does
 * whose operands are in the first-level cache.
 */
public final class ConvolutionMeasurement {
  private static final long WARM_NANOS = 300_000_000L;
  private static final int RUNS = 5;
  private static final long TILES = 1 << 12;

  /** Name of a shape, and billions of multiplications a second over integers and over floats. */
  public record Line(String shape, double ints, double floats) {}

  private ConvolutionMeasurement() {}

  /** Prints a table. */
  public static void print(Consumer<String> out) {
    out.accept("%-44s %10s %10s".formatted("G multiplications / s on one thread", "int", "float"));
    for (Line line : measure()) {
      out.accept(
          String.format(
              Locale.ROOT, "%-44s %10.1f %10.1f", line.shape(), line.ints(), line.floats()));
    }
  }

  /** The shapes in order of size of their planes, after the machine's limit. */
  public static List<Line> measure() {
    // Vector loops are compiled once there is enough work.
    ConvolutionGeometry large = geometry(128, 56, 128, 3, 1, 1);
    for (int i = 0; i < 4; i++) {
      measure("", large);
    }
    LoopChoice.await();
    List<Line> lines = new ArrayList<>();
    lines.add(limit());
    lines.add(measure("3 x 224 x 224, 64 of 3 x 3 (VGG-16)", geometry(3, 224, 64, 3, 1, 1)));
    lines.add(measure("3 x 224 x 224, 64 of 7 x 7 / 2 (ResNet)", geometry(3, 224, 64, 7, 2, 1)));
    lines.add(
        measure("3 x 224 x 224, 64 of 11 x 11 / 4 (AlexNet)", geometry(3, 224, 64, 11, 4, 1)));
    lines.add(measure("64 x 224 x 224, 64 of 3 x 3", geometry(64, 224, 64, 3, 1, 1)));
    lines.add(measure("32 x 112 x 112, 32 of 3 x 3, depthwise", geometry(32, 112, 32, 3, 1, 32)));
    lines.add(measure("128 x 112 x 112, 128 of 3 x 3", geometry(128, 112, 128, 3, 1, 1)));
    lines.add(measure("256 x 56 x 56, 64 of 1 x 1", geometry(256, 56, 64, 1, 1, 1)));
    lines.add(measure("64 x 56 x 56, 256 of 1 x 1", geometry(64, 56, 256, 1, 1, 1)));
    lines.add(measure("256 x 56 x 56, 512 of 1 x 1 / 2", geometry(256, 56, 512, 1, 2, 1)));
    lines.add(measure("256 x 28 x 28, 512 of 3 x 3", geometry(256, 28, 512, 3, 1, 1)));
    lines.add(measure("512 x 14 x 14, 512 of 3 x 3", geometry(512, 14, 512, 3, 1, 1)));
    lines.add(measure("576 x 14 x 14, 576 of 3 x 3, depthwise", geometry(576, 14, 576, 3, 1, 576)));
    lines.add(measure("512 x 7 x 7, 512 of 3 x 3", geometry(512, 7, 512, 3, 1, 1)));
    lines.add(measure("2048 x 7 x 7, 512 of 1 x 1", geometry(2048, 7, 512, 1, 1, 1)));
    lines.add(measure("512 x 2 x 2, 512 of 3 x 3 (VGG-16/32)", geometry(512, 2, 512, 3, 1, 1)));
    return lines;
  }

  /** A square image, padded so that stride 1 keeps its size. */
  private static ConvolutionGeometry geometry(
      int channels, int size, int outputs, int kernel, int stride, int groups) {
    int pad = kernel / 2;
    int out = (size + 2 * pad - kernel) / stride + 1;
    return new ConvolutionGeometry(
        1, channels, size, size, outputs, out, out, kernel, kernel, stride, stride, pad, pad, 1, 1,
        groups);
  }

  private static Line measure(String name, ConvolutionGeometry g) {
    Random random = new Random(1);
    int[] input = random.ints(g.channels() * g.height() * g.width(), 0, 256).toArray();
    int[] weight = random.ints(g.outputs() * g.depth(), -127, 128).toArray();
    float[] realInput = new float[input.length];
    float[] realWeight = new float[weight.length];
    for (int i = 0; i < input.length; i++) {
      realInput[i] = input[i] / 256f;
    }
    for (int i = 0; i < weight.length; i++) {
      realWeight[i] = weight[i] / 128f;
    }
    return new Line(
        name,
        rate(g.multiplications(), () -> IntConvolution.run(g, input, weight, TaskRunner.CALLER)),
        rate(
            g.multiplications(),
            () -> FloatConvolution.run(g, realInput, realWeight, TaskRunner.CALLER)));
  }

  /** One tile again and again, its operands in the first-level cache. */
  private static Line limit() {
    int depth = BlockedConvolution.DEPTH;
    MatrixLoops<int[]> ints = LoopChoice.ints(0);
    MatrixLoops<float[]> floats = LoopChoice.floats(0);
    return new Line(
        "one tile, operands in the first-level cache",
        rate(TILES * MatrixLoops.ROWS * depth * ints.columns(), () -> repeat(ints)),
        rate(TILES * MatrixLoops.ROWS * depth * floats.columns(), () -> repeat(floats)));
  }

  private static <A> void repeat(MatrixLoops<A> loops) {
    int depth = BlockedConvolution.DEPTH;
    int columns = loops.columns();
    A a = loops.newArray(MatrixLoops.ROWS * depth);
    A panel = loops.newArray(depth * columns);
    A out = loops.newArray(MatrixLoops.ROWS * columns);
    for (long i = 0; i < TILES; i++) {
      loops.tile(a, 0, MatrixLoops.ROWS, panel, 0, depth, out, 0, columns, true);
    }
  }

  private static double rate(long multiplications, Runnable work) {
    long end = System.nanoTime() + WARM_NANOS;
    do {
      work.run();
    } while (System.nanoTime() < end);
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long best = Long.MAX_VALUE;
    for (int run = 0; run < RUNS; run++) {
      long start = threads.getCurrentThreadCpuTime();
      work.run();
      best = Math.min(best, threads.getCurrentThreadCpuTime() - start);
    }
    return (double) multiplications / best;
  }
}
