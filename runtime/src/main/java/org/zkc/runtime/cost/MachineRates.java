package org.zkc.runtime.cost;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.kernel.Kernels;
import org.zkc.gkr.kernel.Training;
import org.zkc.gkr.kernel.Workers;
import org.zkc.gkr.prove.commitment.WitnessCommitment;
import org.zkc.ir.Shape;
import org.zkc.ir.kernel.IntMatMul;
import org.zkc.ir.kernel.LoopChoice;
import org.zkc.ir.kernel.TaskRunner;
import org.zkc.passes.cost.ProverCosts;
import org.zkc.passes.cost.Work;

/**
 * The speed of one machine: for each stage of the prover the nanoseconds per element of a loop that
 * the stage spends much of its time in. Unit costs that were fitted on one machine are carried to
 * another by the ratio of their rates.
 *
 * @param nanoseconds by the prover's stages, all of them
 */
public record MachineRates(Map<String, Double> nanoseconds) {
  private static final int SIZE = 1 << 14;
  private static final int ROWS = 64;
  private static final int WIDTH = 4096;
  private static final int COLUMNS = 2048;
  private static final int LINES = 64;

  /** Few enough for dot products, whose time does not depend on what else the process has done. */
  private static final int FEW_LINES = 8;

  private static final int TABLE = 1 << 16;

  /** Each loop is run for this long before its vector loops are waited for. */
  private static final long WARMING_NANOS = 150_000_000L;

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private static final long MEASURING_NANOS = 100_000_000L;

  /**
   * A loop is measured until it has been as fast as this often in a row: what calls the vector
   * loops is compiled later than they are, and took a third of a round's time until then.
   */
  private static final int STEADY = 3;

  private static final int MOST_MEASUREMENTS = 15;

  public MachineRates {
    nanoseconds = Collections.unmodifiableMap(new LinkedHashMap<>(nanoseconds));
    for (String stage : Work.stages()) {
      Double rate = nanoseconds.get(stage);
      if (rate == null || !(rate > 0) || rate.isInfinite()) {
        throw new IllegalArgumentException("the rate of %s is %s".formatted(stage, rate));
      }
    }
  }

  /** A loop of a stage. */
  private record Probe(String stage, long elements, Runnable work) {}

  /**
   * Measures this process on this machine, in some five seconds, on the calling thread: its
   * processor time, which work of others on the machine hardly lengthens.
   */
  public static MachineRates measure() {
    List<Probe> probes = probes();
    // The rates are those of compiled vector loops, however little work this is.
    Training.early();
    LoopChoice.early();
    probes.forEach(p -> runFor(p.work(), WARMING_NANOS));
    Training.awaitAll();
    LoopChoice.await();
    Map<String, Double> out = new LinkedHashMap<>();
    for (Probe p : probes) {
      out.put(p.stage(), (double) steady(p.work()) / p.elements());
    }
    return new MachineRates(out);
  }

  /** The nanoseconds of the fastest run once further ones are not faster by a thirtieth. */
  private static long steady(Runnable work) {
    long best = runFor(work, MEASURING_NANOS);
    int steady = 1;
    for (int n = 1; n < MOST_MEASUREMENTS && steady < STEADY; n++) {
      long next = runFor(work, MEASURING_NANOS);
      steady = next < best - best / 30 ? 1 : steady + 1;
      best = Math.min(best, next);
    }
    return best;
  }

  /** The nanoseconds of processor time of the fastest run; {@code nanos} is processor time too. */
  private static long runFor(Runnable work, long nanos) {
    long end = now() + nanos;
    long best = Long.MAX_VALUE;
    long start = now();
    do {
      work.run();
      long done = now();
      best = Math.min(best, done - start);
      start = done;
    } while (start < end);
    return Math.max(1, best);
  }

  /** Wall time where Java does not know the processor time of a thread. */
  private static long now() {
    return THREADS.isCurrentThreadCpuTimeSupported()
        ? THREADS.getCurrentThreadCpuTime()
        : System.nanoTime();
  }

  private static List<Probe> probes() {
    Random random = new Random(1);
    Kernels kernels = Kernels.best();
    List<ExtVector> tables = new ArrayList<>();
    for (int k = 0; k < 4; k++) {
      tables.add(vector(random, 2 * SIZE));
    }
    ExtVector high = vector(random, SIZE / 128);
    ExtVector low = vector(random, 128);
    ExtVector[] three = {tables.get(0), tables.get(1), tables.get(2)};
    int[] residues = random.ints(ROWS + WIDTH, 0, M31.P).toArray();
    int[] counts = new int[TABLE];
    int[] indices = random.ints(SIZE, 0, TABLE).toArray();
    byte[] bytes = new byte[ROWS * WIDTH];
    random.nextBytes(bytes);
    MemorySegment weights = MemorySegment.ofArray(bytes);
    ExtVector coefficients = vector(random, ROWS);
    ExtVector sums = vector(random, WIDTH);
    int[] left = random.ints((long) FEW_LINES * COLUMNS, -128, 128).toArray();
    int[] right = random.ints((long) LINES * COLUMNS, -128, 128).toArray();
    Shape leftShape = new Shape(List.of(FEW_LINES, COLUMNS));
    Shape rightShape = new Shape(List.of(LINES, COLUMNS));
    return List.of(
        new Probe(
            "execute",
            (long) FEW_LINES * LINES * COLUMNS,
            () -> IntMatMul.run(left, leftShape, right, rightShape, TaskRunner.CALLER)),
        new Probe(
            "witness",
            SIZE,
            () -> {
              for (int index : indices) {
                counts[index]++;
              }
            }),
        new Probe(
            "commitment",
            (long) ROWS * WIDTH,
            () ->
                WitnessCommitment.commit(
                    WIDTH,
                    ROWS,
                    (row, target, at) -> System.arraycopy(residues, row, target, at, WIDTH),
                    Workers.callerOnly())),
        new Probe(
            "lookups",
            SIZE,
            () ->
                kernels.roundOfFractions(
                    tables.get(0), tables.get(1), tables.get(2), tables.get(3), high, low, SIZE)),
        new Probe("zero products", SIZE, () -> kernels.roundOfProduct(three, high, low, SIZE)),
        new Probe(
            "relations",
            (long) ROWS * WIDTH,
            () -> kernels.foldRows(weights, 1, WIDTH, coefficients, sums)),
        new Probe("openings", SIZE, () -> kernels.roundOfTwo(tables.get(0), tables.get(1), SIZE)));
  }

  private static ExtVector vector(Random random, int length) {
    ExtVector out = new ExtVector(length);
    for (int limb = 0; limb < 4; limb++) {
      Arrays.setAll(out.limb(limb), k -> random.nextInt(M31.P));
    }
    return out;
  }

  /**
   * The costs of this machine's units.
   *
   * @param fitted costs on the machine of {@code reference}; bytes are unchanged
   */
  public ProverCosts carry(ProverCosts fitted, MachineRates reference) {
    EnumMap<Work, Double> out = new EnumMap<>(Work.class);
    for (Work work : Work.values()) {
      double cost = fitted.of(work);
      out.put(work, work.isMemory() ? cost : cost * ratio(work.stage(), reference));
    }
    return new ProverCosts(out);
  }

  /** The time of a stage on this machine over that on the machine of {@code reference}. */
  public double ratio(String stage, MachineRates reference) {
    return rate(stage) / reference.rate(stage);
  }

  private double rate(String stage) {
    return nanoseconds.getOrDefault(stage, Double.NaN);
  }

  /** The lower of two rates of each stage: other work on a machine only ever makes loops slower. */
  public MachineRates least(MachineRates other) {
    Map<String, Double> out = new LinkedHashMap<>();
    nanoseconds.forEach((stage, rate) -> out.put(stage, Math.min(rate, other.rate(stage))));
    return new MachineRates(out);
  }

  /** The text of a properties file. */
  public String text() {
    StringBuilder text = new StringBuilder("# Nanoseconds per element of a loop of each stage.\n");
    nanoseconds.forEach((stage, rate) ->
        text.append(String.format(Locale.ROOT, "%s = %.4g\n", stage.replace(' ', '-'), rate)));
    return text.toString();
  }

  /**
   * Reads what {@link #text} wrote.
   *
   * @throws IllegalArgumentException when it is something else
   */
  public static MachineRates of(String text) {
    Properties properties = new Properties();
    try (Reader in = new StringReader(text)) {
      properties.load(in);
    } catch (IOException e) {
      throw new IllegalArgumentException("no properties", e);
    }
    Map<String, Double> out = new LinkedHashMap<>();
    for (String stage : Work.stages()) {
      String value = properties.getProperty(stage.replace(' ', '-'));
      if (value != null) {
        out.put(stage, Double.parseDouble(value));
      }
    }
    return new MachineRates(out);
  }
}
