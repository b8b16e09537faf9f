package org.zkc.gkr.prove.fourier;

import java.util.Collection;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.zkc.gkr.field.RandomElements;
import org.zkc.gkr.kernel.KernelBenchmarks;

/**
 * Transforms over F[i]. {@link #main} prints the nanoseconds of a point beside those that the
 * multiplier alone takes: a butterfly of two points has one product of F[i], four of F.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 4, time = 1)
@Fork(1)
public class TransformBenchmarks {
  private static final int PRODUCTS_OF_A_BUTTERFLY = 4;

  /** Rows and columns. */
  @Param({"1x256", "1x1024", "1x8192", "1x65536", "1x1048576", "8x8", "32x32", "256x256"})
  public String size;

  private FourierTransform transform;
  private int[] real;
  private int[] imaginary;

  /** Fills the points. */
  @Setup(Level.Trial)
  public void fill() {
    String[] sides = size.split("x", 2);
    transform = FourierTransform.of(Integer.parseInt(sides[0]), Integer.parseInt(sides[1]));
    RandomElements random = new RandomElements(1);
    real = random.residues(transform.points());
    imaginary = random.residues(transform.points());
  }

  @Benchmark
  public void forward() {
    transform.forward(real, imaginary, 0);
  }

  @Benchmark
  public void inverse() {
    transform.inverse(real, imaginary, 0);
  }

  /**
   * Runs and prints.
   *
   * @param arguments a pattern of names, or nothing for all
   */
  public static void main(String[] arguments) throws RunnerException {
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .include(KernelBenchmarks.class.getName() + "\\.multiplier$")
                    .include(
                        TransformBenchmarks.class.getName()
                            + "\\."
                            + (arguments.length == 0 ? ".*" : arguments[0]))
                    .jvmArgsAppend(
                        "--add-modules",
                        "jdk.incubator.vector",
                        "-Dzkc.vector=on",
                        "-Djdk.incubator.vector.VECTOR_ACCESS_OOB_CHECK=0")
                    .build())
            .run();
    double perProduct =
        results.stream()
            .filter(r -> r.getParams().getParam("size") == null)
            .mapToDouble(r -> r.getPrimaryResult().getScore() / KernelBenchmarks.multiplied())
            .findFirst()
            .orElseThrow();
    System.out.printf("%-10s %-12s %12s %12s %8s%n", "transform", "size", "ns/point", "bound", "x");
    for (RunResult r : results) {
      String of = r.getParams().getParam("size");
      if (of != null) {
        String[] sides = of.split("x", 2);
        int points = Integer.parseInt(sides[0]) * Integer.parseInt(sides[1]);
        double time = r.getPrimaryResult().getScore() / points;
        int levels = Integer.numberOfTrailingZeros(points);
        double bound = PRODUCTS_OF_A_BUTTERFLY * levels / 2.0 * perProduct;
        String name = r.getParams().getBenchmark();
        System.out.printf(
            Locale.ROOT,
            "%-10s %-12s %12.3f %12.3f %8.1f%n",
            name.substring(name.lastIndexOf('.') + 1),
            of,
            time,
            bound,
            time / bound);
      }
    }
  }
}
