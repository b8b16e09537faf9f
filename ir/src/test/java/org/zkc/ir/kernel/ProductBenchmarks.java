package org.zkc.ir.kernel;

import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.integer.IntegerWeights;

/**
 * The exact products that make a witness, and those of floats that calibrate. {@link #main} runs
 * all of them, or those that a pattern names, and prints for each the multiplications a nanosecond
 * and the bytes that one allocates, results included, beside what holds it: one tile whose operands
 * are in the first-level cache, or reading the weights where each is used once.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 4, time = 1)
@Fork(1)
public class ProductBenchmarks {
  private static final int TILES = 64;
  private static final int TOKENS = 197;
  private static final int WIDTH = 768;
  private static final int INNER = 3072;
  private static final int HEADS = 12;
  private static final int HEAD = WIDTH / HEADS;
  private static final int LARGE = 4096;
  private static final ConvolutionGeometry PLANES = geometry(128, 56, 128, 1);
  private static final ConvolutionGeometry DEPTHWISE = geometry(128, 56, 128, 128);

  /** What a benchmark is held by. */
  private enum Bound {
    TILE,
    FLOAT_TILE,
    READING
  }

  private record Work(long multiplications, Bound bound) {}

  private static final Map<String, Work> WORK =
      Map.of(
          "tile", new Work(0, Bound.TILE),
          "floatTile", new Work(0, Bound.FLOAT_TILE),
          "reading", new Work((long) LARGE * LARGE, Bound.READING),
          "linear", new Work((long) TOKENS * WIDTH * INNER, Bound.TILE),
          "linearOfOneRow", new Work((long) LARGE * LARGE, Bound.READING),
          "scores", new Work((long) HEADS * TOKENS * TOKENS * HEAD, Bound.TILE),
          "attended", new Work((long) HEADS * TOKENS * TOKENS * HEAD, Bound.TILE),
          "convolution", new Work(PLANES.multiplications(), Bound.TILE),
          "depthwise", new Work(DEPTHWISE.multiplications(), Bound.TILE),
          "floatConvolution", new Work(PLANES.multiplications(), Bound.FLOAT_TILE));

  private final MatrixLoops<int[]> ints = new VectorIntLoops();
  private final MatrixLoops<float[]> floats = new VectorFloatLoops();
  private final int[] tile = new int[MatrixLoops.ROWS * BlockedConvolution.DEPTH];
  private final int[] panel = new int[ints.columns() * BlockedConvolution.DEPTH];
  private final int[] sums = new int[MatrixLoops.ROWS * ints.columns()];
  private final float[] floatTile = new float[tile.length];
  private final float[] floatPanel = new float[floats.columns() * BlockedConvolution.DEPTH];
  private final float[] floatSums = new float[MatrixLoops.ROWS * floats.columns()];
  private IntegerWeights weights;
  private long[] words;
  private int[] tokens;
  private int[] keys;
  private int[] shares;
  private int[] image;
  private int[] kernels;
  private float[] floatImage;
  private float[] floatKernels;

  private static ConvolutionGeometry geometry(int channels, int size, int outputs, int groups) {
    return new ConvolutionGeometry(
        1, channels, size, size, outputs, size, size, 3, 3, 1, 1, 1, 1, 1, 1, groups);
  }

  @Setup(Level.Trial)
  public void fill() {
    Random random = new Random(1);
    long[] elements = random.longs((long) LARGE * LARGE, -128, 128).toArray();
    weights = IntegerWeights.of(TensorData.ofLongs(DType.I8, Shape.of(LARGE, LARGE), elements));
    words = random.longs(elements.length / Long.BYTES).toArray();
    tokens = random.ints(TOKENS * WIDTH, -128, 128).toArray();
    keys = random.ints(TOKENS * WIDTH, -128, 128).toArray();
    shares = random.ints(HEADS * TOKENS * TOKENS, 0, 256).toArray();
    image = random.ints(PLANES.channels() * PLANES.height() * PLANES.width(), 0, 256).toArray();
    kernels = random.ints(PLANES.outputs() * PLANES.depth(), -127, 128).toArray();
    floatImage = new float[image.length];
    floatKernels = new float[kernels.length];
    for (int k = 0; k < image.length; k++) {
      floatImage[k] = image[k] / 256f;
    }
    for (int k = 0; k < kernels.length; k++) {
      floatKernels[k] = kernels[k] / 128f;
    }
  }

  /** Names every benchmark, so that none goes without its bound. */
  static Set<String> named() {
    return WORK.keySet();
  }

  private void read(int row, int[] out) {
    weights.copyElements((long) row * out.length, out, 0, out.length);
  }

  @Benchmark
  public int[] tile() {
    for (int k = 0; k < TILES; k++) {
      ints.tile(
          tile,
          0,
          MatrixLoops.ROWS,
          panel,
          0,
          BlockedConvolution.DEPTH,
          sums,
          0,
          ints.columns(),
          true);
    }
    return sums;
  }

  @Benchmark
  public float[] floatTile() {
    for (int k = 0; k < TILES; k++) {
      floats.tile(
          floatTile,
          0,
          MatrixLoops.ROWS,
          floatPanel,
          0,
          BlockedConvolution.DEPTH,
          floatSums,
          0,
          floats.columns(),
          true);
    }
    return floatSums;
  }

  /** As many bytes as there are weights, eight at a time: what memory gives to one core. */
  @Benchmark
  public long reading() {
    long sum = 0;
    for (long word : words) {
      sum += word;
    }
    return sum;
  }

  /** The first map of a transformer's feed-forward layer. */
  @Benchmark
  public int[] linear() {
    return IntLinear.run(tokens, TOKENS, WIDTH, INNER, this::read, TaskRunner.CALLER);
  }

  @Benchmark
  public int[] linearOfOneRow() {
    return IntLinear.run(tokens, 1, LARGE, LARGE, this::read, TaskRunner.CALLER);
  }

  /** Queries by keys, head by head. */
  @Benchmark
  public int[] scores() {
    Shape shape = Shape.of(HEADS, TOKENS, HEAD);
    return IntMatMul.run(tokens, shape, keys, shape, TaskRunner.CALLER);
  }

  /** Shares by values, head by head. */
  @Benchmark
  public int[] attended() {
    return IntMatMul.run(
        shares,
        Shape.of(HEADS, TOKENS, TOKENS),
        keys,
        Shape.of(HEADS, HEAD, TOKENS),
        TaskRunner.CALLER);
  }

  @Benchmark
  public int[] convolution() {
    return IntConvolution.run(PLANES, image, kernels, TaskRunner.CALLER);
  }

  @Benchmark
  public int[] depthwise() {
    return IntConvolution.run(DEPTHWISE, image, kernels, TaskRunner.CALLER);
  }

  @Benchmark
  public float[] floatConvolution() {
    return FloatConvolution.run(PLANES, floatImage, floatKernels, TaskRunner.CALLER);
  }

  public static void main(String[] arguments) throws RunnerException {
    String all = ProductBenchmarks.class.getName() + "\\.";
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include(all + "(tile|floatTile|reading)$")
            .include(all + (arguments.length == 0 ? ".*" : arguments[0]))
            .addProfiler(GCProfiler.class)
            .jvmArgsAppend(
                "--add-modules",
                "jdk.incubator.vector",
                "-Djdk.incubator.vector.VECTOR_ACCESS_OOB_CHECK=0",
                "-Dzkc.vector=on",
                "-XX:+UseSerialGC");
    Collection<RunResult> results = new Runner(options.build()).run();
    double[] bounds = new double[Bound.values().length];
    for (RunResult r : results) {
      switch (name(r)) {
        case "tile" -> bounds[Bound.TILE.ordinal()] = time(r);
        case "floatTile" -> bounds[Bound.FLOAT_TILE.ordinal()] = time(r);
        case "reading" -> bounds[Bound.READING.ordinal()] = time(r);
        default -> {}
      }
    }
    System.out.printf("%-20s %10s %10s %6s %12s%n", "product", "G/s", "bound", "x", "bytes/each");
    for (RunResult r : results) {
      double bound = bounds[WORK.get(name(r)).bound().ordinal()];
      double allocated = r.getSecondaryResults().get("gc.alloc.rate.norm").getScore();
      System.out.printf(
          Locale.ROOT,
          "%-20s %10.2f %10.2f %6.2f %12.4f%n",
          name(r),
          1 / time(r),
          1 / bound,
          time(r) / bound,
          allocated / multiplications(name(r)));
    }
  }

  private static String name(RunResult result) {
    String all = result.getParams().getBenchmark();
    return all.substring(all.lastIndexOf('.') + 1);
  }

  /** Nanoseconds of a multiplication. */
  private static double time(RunResult result) {
    return result.getPrimaryResult().getScore() / multiplications(name(result));
  }

  private static long multiplications(String name) {
    long aTile = (long) TILES * MatrixLoops.ROWS * BlockedConvolution.DEPTH;
    return switch (name) {
      case "tile" -> aTile * new VectorIntLoops().columns();
      case "floatTile" -> aTile * new VectorFloatLoops().columns();
      default -> WORK.get(name).multiplications();
    };
  }
}
