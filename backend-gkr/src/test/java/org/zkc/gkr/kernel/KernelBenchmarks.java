package org.zkc.gkr.kernel;

import java.lang.foreign.MemorySegment;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
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
import org.zkc.gkr.code.CircleCode;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.RandomElements;
import org.zkc.gkr.hash.Blake3Hash;
import org.zkc.gkr.hash.ColumnHasher;
import org.zkc.gkr.hash.Digests;
import org.zkc.gkr.prove.commitment.WitnessCommitment;
import org.zkc.gkr.prove.fraction.FractionTree;
import org.zkc.gkr.transcript.Transcript;

/**
 * The kernels of the prover. {@link #main} runs all of them, or those that a pattern names, and
 * prints for each the nanoseconds and the allocated bytes of an element beside the nanoseconds that
 * the multiplier alone takes for its products, or the adders for the steps of its hashes.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 4, time = 1)
@Fork(1)
public class KernelBenchmarks {
  private static final int SIZE = 1 << 15;
  private static final int ROWS = 64;
  private static final int COLUMNS = 4608;
  private static final int WIDTH = 8192;
  private static final int GRINDING_BITS = 14;
  private static final int MULTIPLIER_ROUNDS = 1 << 14;
  private static final int HASHED_ROWS = 256;
  private static final int HASHED_COLUMNS = 1024;
  private static final int HASHED_BYTES = 1 << 16;

  /**
   * A kernel's elements in one call, and products of 32-bit numbers and steps of hashes of each.
   * The bound is that of the two which takes longer.
   */
  private record Work(long elements, double products, double steps) {
    Work(long elements, double products) {
      this(elements, products, 0);
    }
  }

  /** A block of BLAKE3: 7 rounds of 8 mixings of 14 sums, exclusive ors and rotations. */
  private static final int STEPS_OF_A_BLOCK = 7 * 8 * 14;

  private static final int STEPS_OF_A_WORD = STEPS_OF_A_BLOCK / 16;

  private static final Map<String, Work> WORK =
      Map.ofEntries(
          Map.entry("multiplier", new Work(MultiplierRate.products(MULTIPLIER_ROUNDS), 1)),
          Map.entry("multiply", new Work(SIZE, 16)),
          Map.entry("square", new Work(SIZE, 8)),
          Map.entry("multiplyBase", new Work(SIZE, 1)),
          Map.entry("dot", new Work(SIZE, 16)),
          Map.entry("dotBase", new Work(SIZE, 4)),
          Map.entry("bind", new Work(SIZE, 16)),
          Map.entry("bindBase", new Work(SIZE, 4)),
          Map.entry("addScaledBase", new Work(SIZE, 4)),
          Map.entry("roundOfTwo", new Work(SIZE, 32)),
          Map.entry("roundOfThree", new Work(SIZE, 96)),
          Map.entry("roundOfThreeBase", new Work(SIZE, 15)),
          Map.entry("roundOfFractions", new Work(SIZE, 96)),
          Map.entry("roundOfProduct", new Work(SIZE, 256)),
          Map.entry("roundOfProductBase", new Work(SIZE, 28)),
          Map.entry("roundOfTwoBase", new Work(SIZE, 8)),
          Map.entry("foldBytes", new Work((long) ROWS * COLUMNS, 4)),
          Map.entry("foldShorts", new Work((long) ROWS * COLUMNS, 4)),
          Map.entry("encode", new Work(WIDTH, 26)),
          // A cell is encoded to four symbols, each of which is hashed.
          Map.entry("commit", new Work((long) ROWS * WIDTH, 26, 4 * STEPS_OF_A_WORD)),
          Map.entry("adder", new Work(AdderRate.steps(MULTIPLIER_ROUNDS), 0, 1)),
          Map.entry("expandEq", new Work(SIZE, 8)),
          Map.entry("denominators", new Work(SIZE, 8)),
          // Three products of E for each of the nodes, which are as many as leaves.
          Map.entry("fractionTree", new Work(SIZE, 48)),
          Map.entry(
              "hashColumns", new Work((long) HASHED_ROWS * HASHED_COLUMNS, 0, STEPS_OF_A_WORD)),
          Map.entry("hashBytes", new Work(HASHED_BYTES / 4, 0, STEPS_OF_A_WORD)),
          Map.entry("grind", new Work(1 << GRINDING_BITS, 0, STEPS_OF_A_BLOCK)));

  private final Kernels kernels = Kernels.best();
  private final RandomElements random = new RandomElements(1);
  private ExtVector a;
  private ExtVector b;
  private ExtVector c;
  private ExtVector d;
  private ExtVector out;
  private ExtVector short1;
  private ExtVector eqHigh;
  private ExtVector eqLow;
  private ExtVector coefficients;
  private ExtVector sums;
  private Ext e;
  private int[] residues;
  private int[] product;
  private int[] codeword;
  private MemorySegment weights;
  private CircleCode code;
  private byte[] bytes;
  private int[] hashed;
  private int nonce;

  /** Fills the tables, and waits until the vector loops are compiled. */
  @Setup(Level.Trial)
  public void fill() {
    a = random.vector(2 * SIZE);
    b = random.vector(2 * SIZE);
    c = random.vector(2 * SIZE);
    d = random.vector(2 * SIZE);
    out = random.vector(SIZE);
    short1 = random.vector(SIZE);
    eqHigh = random.vector(SIZE / 512);
    eqLow = random.vector(512);
    coefficients = random.vector(ROWS);
    sums = random.vector(COLUMNS);
    e = random.element();
    residues = random.residues(2 * SIZE);
    product = new int[SIZE];
    weights = MemorySegment.ofArray(new byte[2 * ROWS * COLUMNS]);
    bytes = new byte[HASHED_BYTES];
    hashed = random.residues(HASHED_ROWS * HASHED_COLUMNS);
    code = CircleCode.ofDimension(WIDTH);
    codeword = new int[code.length()];
    for (int k = 0; k < 100; k++) {
      kernels.dot(a, b);
    }
    code.encode(residues, 0, WIDTH, codeword, 0);
    Training.awaitAll();
  }

  /** Names every benchmark, so that none goes without its bound. */
  static Set<String> named() {
    return WORK.keySet();
  }

  /** Products of 32-bit numbers in one call of {@link #multiplier}. */
  public static long multiplied() {
    return MultiplierRate.products(MULTIPLIER_ROUNDS);
  }

  @Benchmark
  public long multiplier() {
    return MultiplierRate.run(MULTIPLIER_ROUNDS);
  }

  @Benchmark
  public int adder() {
    return AdderRate.run(MULTIPLIER_ROUNDS);
  }

  /** One doubling of a table of eq. */
  @Benchmark
  public void expandEq() {
    kernels.expandEq(a, SIZE / 2, e);
  }

  /** Leaves of a lookup of two columns. */
  @Benchmark
  public void denominators() {
    int[][] columns = {residues, residues};
    kernels.denominators(e, new Ext[] {e, e}, columns, 0, out);
  }

  /** All layers of a tree of fractions, which overwrites its leaves with other elements. */
  @Benchmark
  public FractionTree fractionTree() {
    return new FractionTree(
        c.slice(0, SIZE),
        d.slice(0, SIZE),
        Integer.numberOfTrailingZeros(SIZE),
        Workers.callerOnly());
  }

  /** Columns of codewords, side by side. */
  @Benchmark
  public Digests hashColumns() {
    ColumnHasher hasher = new ColumnHasher(HASHED_COLUMNS, HASHED_ROWS);
    hasher.absorb(hashed, 0, HASHED_ROWS, Workers.callerOnly());
    return hasher.finish();
  }

  /** One message, block after block. */
  @Benchmark
  public byte[] hashBytes() {
    return new Blake3Hash().update(bytes).digest();
  }

  @Benchmark
  public void multiply() {
    kernels.multiply(a.slice(0, SIZE), b.slice(0, SIZE), out);
  }

  @Benchmark
  public void square() {
    kernels.square(a.slice(0, SIZE), out);
  }

  @Benchmark
  public void multiplyBase() {
    kernels.multiplyBase(residues, 0, residues, SIZE, product, 0, SIZE);
  }

  @Benchmark
  public Ext dot() {
    return kernels.dot(short1, out);
  }

  @Benchmark
  public Ext dotBase() {
    return kernels.dotBase(residues, 0, SIZE, short1);
  }

  @Benchmark
  public ExtVector bind() {
    return kernels.bind(d, SIZE, e);
  }

  @Benchmark
  public ExtVector bindBase() {
    return kernels.bindBase(residues, 0, 2 * SIZE, SIZE, e);
  }

  @Benchmark
  public void addScaledBase() {
    kernels.addScaledBase(out, e, residues, 0, SIZE);
  }

  @Benchmark
  public Ext[] roundOfTwo() {
    return kernels.roundOfTwo(a, b, SIZE);
  }

  @Benchmark
  public Ext[] roundOfThree() {
    return kernels.roundOfThree(a, b, c, SIZE);
  }

  @Benchmark
  public Ext[] roundOfThreeBase() {
    return kernels.roundOfThreeBase(a, residues, residues, SIZE);
  }

  @Benchmark
  public Ext[] roundOfTwoBase() {
    return kernels.roundOfTwoBase(residues, 0, residues.length, a, SIZE);
  }

  @Benchmark
  public Ext[] roundOfProductBase() {
    int[][] tables = {residues, residues, residues, residues};
    return kernels.roundOfProductBase(tables, eqHigh, eqLow, SIZE);
  }

  @Benchmark
  public Ext[] roundOfFractions() {
    return kernels.roundOfFractions(a, b, c, d, eqHigh, eqLow, SIZE);
  }

  @Benchmark
  public Ext[] roundOfProduct() {
    return kernels.roundOfProduct(new ExtVector[] {a, b, c, d}, eqHigh, eqLow, SIZE);
  }

  @Benchmark
  public void foldBytes() {
    kernels.foldRows(weights, 1, COLUMNS, coefficients, sums);
  }

  @Benchmark
  public void foldShorts() {
    kernels.foldRows(weights, 2, COLUMNS, coefficients, sums);
  }

  @Benchmark
  public void encode() {
    code.encode(residues, 0, WIDTH, codeword, 0);
  }

  @Benchmark
  public WitnessCommitment commit() {
    return WitnessCommitment.commit(
        WIDTH,
        ROWS,
        (row, target, at) -> System.arraycopy(residues, row, target, at, WIDTH),
        Workers.callerOnly());
  }

  /** Another state each time: how long a search takes is chance. */
  @Benchmark
  public long grind() {
    return new Transcript("measure " + nonce++).grind("work", GRINDING_BITS);
  }

  /**
   * Runs and prints.
   *
   * @param arguments a pattern of names, or nothing for all
   */
  public static void main(String[] arguments) throws RunnerException {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include(KernelBenchmarks.class.getName() + "\\.(multiplier|adder)$")
            .include(
                KernelBenchmarks.class.getName()
                    + "\\."
                    + (arguments.length == 0 ? ".*" : arguments[0]))
            .addProfiler(GCProfiler.class)
            .jvmArgsAppend(
                "--add-modules",
                "jdk.incubator.vector",
                "-Djdk.incubator.vector.VECTOR_ACCESS_OOB_CHECK=0",
                "-XX:+UseSerialGC");
    Collection<RunResult> results = new Runner(options.build()).run();
    double perProduct = 0;
    double perStep = 0;
    for (RunResult r : results) {
      if (name(r).equals("multiplier")) {
        perProduct = r.getPrimaryResult().getScore() / work(r).elements();
      } else if (name(r).equals("adder")) {
        perStep = r.getPrimaryResult().getScore() / work(r).elements();
      }
    }
    System.out.printf(
        "%-20s %12s %12s %8s %14s%n", "kernel", "ns/element", "bound", "x", "bytes/element");
    for (RunResult r : results) {
      double time = r.getPrimaryResult().getScore() / work(r).elements();
      double bound = Math.max(work(r).products() * perProduct, work(r).steps() * perStep);
      var allocated = r.getSecondaryResults().get("gc.alloc.rate.norm");
      System.out.printf(
          Locale.ROOT,
          "%-20s %12.4f %12s %8s %14.2f%n",
          name(r),
          time,
          bound > 0 ? String.format(Locale.ROOT, "%.4f", bound) : "-",
          bound > 0 ? String.format(Locale.ROOT, "%.1f", time / bound) : "-",
          allocated == null ? 0 : allocated.getScore() / work(r).elements());
    }
  }

  private static String name(RunResult result) {
    String all = result.getParams().getBenchmark();
    return all.substring(all.lastIndexOf('.') + 1);
  }

  private static Work work(RunResult result) {
    return WORK.getOrDefault(name(result), new Work(1, 0));
  }
}
