package org.zkc.gkr.prove;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
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
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.zkc.gkr.channel.SendingChannel;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.gkr.circuit.CircuitCheck;
import org.zkc.gkr.circuit.Conv;
import org.zkc.gkr.circuit.FftConv;
import org.zkc.gkr.circuit.Relation;
import org.zkc.gkr.circuit.TensorDeclaration;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.RandomElements;
import org.zkc.gkr.kernel.KernelBenchmarks;
import org.zkc.gkr.kernel.Training;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.layout.Arithmetization;
import org.zkc.gkr.relation.Bilinear;
import org.zkc.gkr.relation.Claims;
import org.zkc.gkr.relation.MergedClaims;
import org.zkc.gkr.relation.PublicValues;
import org.zkc.gkr.relation.Reduction;
import org.zkc.gkr.transcript.Transcript;
import org.zkc.gkr.weight.TensorLayout;
import org.zkc.gkr.weight.Weight;
import org.zkc.gkr.weight.WeightPool;

/**
 * The relation of one convolution, direct and through transforms: the prover's part, openings not
 * included, and the verifier's weights in which it ends. {@link #main} prints the time of each
 * beside what the multiplier alone takes for the products that no order of work avoids: of each
 * parameter, and of each element of the source with each column of the kernel, or of the
 * butterflies.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 4, time = 1)
@Fork(1)
public class ConvolutionBenchmarks {
  /** Products of F in one of an element of F with one of E, and in one butterfly. */
  private static final int PRODUCTS = 4;

  /** Channels, outputs, then rows x columns of the source, of the kernel and of the padding. */
  @Param({
    "4 4 1x1024 1x3 0x1",
    "4 4 1x1024 1x129 0x64",
    "1 1 1x8192 1x1025 0x512",
    "4 4 1x65536 1x4097 0x2048",
    "1 6 28x28 5x5 2x2",
    "64 64 32x32 3x3 1x1",
    "64 64 224x224 3x3 1x1",
    "3 64 224x224 7x7 3x3",
    "16 16 64x64 31x31 15x15"
  })
  public String shape = "1 6 28x28 5x5 2x2";

  private Form direct;
  private Form fourier;

  /** A shape, taken apart. */
  private record Geometry(int channels, int outputs, int[] source, int[] taps, int[] padding) {
    static Geometry of(String shape) {
      int[] n = Arrays.stream(shape.split("[ x]", -1)).mapToInt(Integer::parseInt).toArray();
      return new Geometry(
          n[0], n[1], new int[] {n[2], n[3]}, new int[] {n[4], n[5]}, new int[] {n[6], n[7]});
    }

    int positions(int axis) {
      return source[axis] + 2 * padding[axis] - taps[axis] + 1;
    }

    Conv conv() {
      List<Integer> pads = List.of(padding[0], padding[1]);
      return new Conv(2, 0, 1, List.of(1, 1), pads, List.of(1, 1), 1);
    }

    List<Integer> points() {
      return IntStream.range(0, 2)
          .mapToLong(a -> FftConv.leastPoints(conv(), a, source[a], taps[a], positions(a)))
          .mapToInt(least -> (int) Long.highestOneBit(2 * least - 1))
          .boxed()
          .toList();
    }

    double productsOfDirect() {
      double parameters = (double) channels * outputs * taps[0] * taps[1];
      double windows = (double) channels * source[0] * source[1] * taps[1];
      return PRODUCTS * (parameters + windows);
    }

    /** One transform of each source channel over F, one over E, and back. */
    double productsOfFourier() {
      double points = (double) points().get(0) * points().get(1);
      double butterflies = points / 2 * Math.log(points) / Math.log(2);
      double parameters = (double) channels * outputs * taps[0] * taps[1];
      return PRODUCTS * (parameters + (3.0 * channels + 8) * butterflies);
    }
  }

  /** A relation in one of its forms. */
  private static final class Form {
    private final Arithmetization arithmetization;
    private final RandomElements random = new RandomElements(1);
    private final ModelMatrix model;
    private final TensorValues values;
    private final PublicValues publicValues;
    private final Weight claim;
    private final MergedClaims taken;
    private final Ext[] point;

    Form(List<TensorDeclaration> tensors, Relation relation) {
      Circuit circuit = new Circuit(tensors, List.of(), List.of(relation), List.of(0), List.of(2));
      arithmetization = Arithmetization.of(CircuitCheck.check(circuit));
      Random integers = new Random(1);
      int[][] elements = new int[3][];
      for (int t = 0; t < 3; t++) {
        elements[t] = integers.ints(tensors.get(t).elementCount(), -128, 128).toArray();
      }
      TreeMap<Integer, int[]> given = new TreeMap<>();
      given.put(1, elements[1]);
      Arithmetization a = arithmetization;
      model = new ModelMatrix(a.system(), a.model(), new SmallModel(circuit, given));
      values = new TensorValues(a.system(), WeakProof.witness(elements), model, false);
      publicValues = new PublicValues(a.system(), List.of(elements[0]), List.of(elements[2]));
      List<Integer> result = tensors.get(2).shape();
      claim = Weight.eq(result, random.elements(new TensorLayout(result).variables()));
      taken =
          new MergedClaims(List.of(new Claims.Claim(2, claim, Ext.ZERO)), ExtVector.of(Ext.ONE));
      int variables = definition().rounds().stream().mapToInt(Reduction.Rounds::variables).sum();
      point = random.elements(variables);
    }

    private Bilinear definition() {
      return (Bilinear) arithmetization.system().definitions().getFirst();
    }

    Claims prove() {
      Arithmetization a = arithmetization;
      WeightPool pool = new WeightPool();
      Claims claims = new Claims(a.system().tensors().size());
      claims.add(2, pool.fresh(claim), random.element());
      SendingChannel out = new SendingChannel(new Transcript("measure"));
      Workers one = Workers.callerOnly();
      FactorFolds folds = new FactorFolds(a.system(), a.model(), model, values, one);
      ReductionProver reductions =
          new ReductionProver(a.system(), out, claims, values, folds, pool, one);
      new RelationProver(a.system(), out, publicValues, claims, values, reductions, pool, one)
          .sweep();
      return claims;
    }

    Object close() {
      return definition().close(taken, point);
    }
  }

  /** Makes both forms, and waits until the vector loops are compiled. */
  @Setup(Level.Trial)
  public void fill() {
    Geometry g = Geometry.of(shape);
    List<TensorDeclaration> tensors =
        List.of(
            TensorDeclaration.input(
                List.of(1, g.channels(), g.source()[0], g.source()[1]), -128, 127),
            new TensorDeclaration(
                TensorDeclaration.Role.MODEL,
                List.of(g.outputs(), g.channels(), g.taps()[0], g.taps()[1]),
                -128,
                127,
                1 << 20,
                1 << 20),
            TensorDeclaration.virtual(
                List.of(1, g.outputs(), g.positions(0), g.positions(1)), -1 << 29, 1 << 29));
    direct = new Form(tensors, g.conv());
    fourier = new Form(tensors, new FftConv(g.conv(), g.points()));
    direct.prove();
    fourier.prove();
    Training.awaitAll();
  }

  @Benchmark
  public Claims proveDirect() {
    return direct.prove();
  }

  @Benchmark
  public Claims proveFourier() {
    return fourier.prove();
  }

  @Benchmark
  public Object closeDirect() {
    return direct.close();
  }

  @Benchmark
  public Object closeFourier() {
    return fourier.close();
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
                        ConvolutionBenchmarks.class.getName()
                            + "\\."
                            + (arguments.length == 0 ? ".*" : arguments[0]))
                    .addProfiler(GCProfiler.class)
                    .jvmArgsAppend(
                        "--add-modules",
                        "jdk.incubator.vector",
                        "-Dzkc.vector=on",
                        "-Djdk.incubator.vector.VECTOR_ACCESS_OOB_CHECK=0",
                        "-XX:+UseSerialGC")
                    .build())
            .run();
    double perProduct =
        results.stream()
            .filter(r -> r.getParams().getParam("shape") == null)
            .mapToDouble(r -> r.getPrimaryResult().getScore() / KernelBenchmarks.multiplied())
            .findFirst()
            .orElseThrow();
    System.out.printf(
        "%-14s %-28s %12s %12s %8s %16s%n",
        "benchmark", "shape", "us", "bound", "x", "bytes allocated");
    for (RunResult r : results) {
      String of = r.getParams().getParam("shape");
      if (of != null) {
        String all = r.getParams().getBenchmark();
        String name = all.substring(all.lastIndexOf('.') + 1);
        Geometry g = Geometry.of(of);
        double products =
            name.equals("proveDirect")
                ? g.productsOfDirect()
                : name.equals("proveFourier") ? g.productsOfFourier() : 0;
        double time = r.getPrimaryResult().getScore() / 1e3;
        double bound = products * perProduct / 1e3;
        var allocated = r.getSecondaryResults().get("gc.alloc.rate.norm");
        System.out.printf(
            Locale.ROOT,
            "%-14s %-28s %12.1f %12s %8s %16.0f%n",
            name,
            of,
            time,
            bound > 0 ? String.format(Locale.ROOT, "%.1f", bound) : "-",
            bound > 0 ? String.format(Locale.ROOT, "%.1f", time / bound) : "-",
            allocated == null ? 0 : allocated.getScore());
      }
    }
  }
}
