package org.zkc.gkr.prove;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.zkc.gkr.channel.SendingChannel;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.gkr.circuit.CircuitCheck;
import org.zkc.gkr.circuit.CircuitLimits;
import org.zkc.gkr.circuit.Conv;
import org.zkc.gkr.circuit.FftConv;
import org.zkc.gkr.circuit.Relation;
import org.zkc.gkr.circuit.TensorDeclaration;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.RandomElements;
import org.zkc.gkr.kernel.Provider;
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
 * Prints milliseconds of processor time of one convolution's relation, direct and in FFT form: the
 * prover's, openings not included, and the verifier's for the weights in which it ends. A main
 * program: run it with {@code -Dzkc.vector=on}.
 */
public final class MeasureConvolutions {
  private static final long WARM_UP_NANOS = 12_000_000_000L;
  private static final long WARM_NANOS = 150_000_000L;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private MeasureConvolutions() {}

  public static void main(String[] arguments) {
    System.out.println(Provider.reason());
    System.out.printf(
        "%-34s %12s %12s %12s %12s%n",
        "C -> O, source * kernel", "prove direct", "prove fft", "verify direct", "verify fft");
    MeasureConvolutions measure = new MeasureConvolutions();
    for (long start = System.nanoTime(); System.nanoTime() - start < WARM_UP_NANOS; ) {
      measure.line(4, 1024, 129);
      measure.line(1, 8192, 129);
    }
    System.out.println("warm");
    for (int channels : new int[] {1, 4, 16, 64}) {
      for (int length : new int[] {256, 1024, 8192, 65536}) {
        for (int taps : new int[] {3, 17, 129, 1025, 4097}) {
          if (taps < 2 * length && (long) channels * channels * taps <= 1 << 24) {
            measure.line(channels, length, taps);
          }
        }
      }
    }
    measure.image(1, 6, 28, 5, 2);
    measure.image(6, 16, 14, 5, 0);
    measure.image(64, 64, 32, 3, 1);
    measure.image(64, 64, 224, 3, 1);
    measure.image(3, 64, 224, 7, 3);
    measure.image(16, 16, 64, 31, 15);
  }

  private void line(int channels, int length, int taps) {
    measure(
        channels, channels, new int[] {1, length}, new int[] {1, taps}, new int[] {0, taps / 2});
  }

  private void image(int channels, int outputs, int side, int taps, int padding) {
    measure(
        channels,
        outputs,
        new int[] {side, side},
        new int[] {taps, taps},
        new int[] {padding, padding});
  }

  private void measure(int channels, int outputs, int[] source, int[] taps, int[] padding) {
    int[] positions = {
      source[0] + 2 * padding[0] - taps[0] + 1, source[1] + 2 * padding[1] - taps[1] + 1
    };
    List<TensorDeclaration> tensors =
        List.of(
            TensorDeclaration.input(List.of(1, channels, source[0], source[1]), -128, 127),
            new TensorDeclaration(
                TensorDeclaration.Role.MODEL,
                List.of(outputs, channels, taps[0], taps[1]),
                -128,
                127,
                1 << 20,
                1 << 20),
            TensorDeclaration.virtual(
                List.of(1, outputs, positions[0], positions[1]), -1 << 29, 1 << 29));
    Conv conv = new Conv(2, 0, 1, List.of(1, 1), List.of(padding[0], padding[1]), List.of(1, 1), 1);
    List<Integer> sizes =
        IntStream.range(0, 2)
            .map(a -> points(conv, a, source[a], taps[a], positions[a]))
            .boxed()
            .toList();
    FftConv fft = new FftConv(conv, sizes);
    // The check refuses what asks too much of a verifier.
    boolean refused = (long) taps[1] * (positions[1] + source[1]) > CircuitLimits.TOTAL_ELEMENTS;
    double[] direct = refused ? new double[] {Double.NaN, Double.NaN} : times(tensors, conv);
    double[] fourier = times(tensors, fft);
    System.out.printf(
        "%-34s %12.3f %12.3f %12.3f %12.3f%n",
        channels + " -> " + outputs + ", " + source[0] + " x " + source[1] + " * " + taps[0] + " x "
            + taps[1],
        direct[0],
        fourier[0],
        direct[1],
        fourier[1]);
  }

  private static int points(Conv conv, int axis, int source, int taps, int positions) {
    return (int)
        Long.highestOneBit(2 * FftConv.leastPoints(conv, axis, source, taps, positions) - 1);
  }

  /** Milliseconds of prover and verifier. */
  private double[] times(List<TensorDeclaration> tensors, Relation relation) {
    Circuit circuit = new Circuit(tensors, List.of(), List.of(relation), List.of(0), List.of(2));
    Arithmetization a = Arithmetization.of(CircuitCheck.check(circuit));
    RandomElements random = new RandomElements(1);
    Random integers = new Random(1);
    TreeMap<Integer, int[]> given = new TreeMap<>();
    int[][] elements = new int[3][];
    for (int t = 0; t < 3; t++) {
      elements[t] = integers.ints(tensors.get(t).elementCount(), -128, 128).toArray();
    }
    given.put(1, elements[1]);
    ModelMatrix model = new ModelMatrix(a.system(), a.model(), new SmallModel(circuit, given));
    TensorValues values = new TensorValues(a.system(), WeakProof.witness(elements), model, false);
    PublicValues publicValues =
        new PublicValues(a.system(), List.of(elements[0]), List.of(elements[2]));
    List<Integer> shape = tensors.get(2).shape();
    Weight claim = Weight.eq(shape, random.elements(new TensorLayout(shape).variables()));
    double prove =
        best(() -> {
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
        });
    Bilinear definition = (Bilinear) a.system().definitions().getFirst();
    MergedClaims taken =
        new MergedClaims(List.of(new Claims.Claim(2, claim, Ext.ZERO)), ExtVector.of(Ext.ONE));
    int variables = definition.rounds().stream().mapToInt(Reduction.Rounds::variables).sum();
    Ext[] point = random.elements(variables);
    double verify = best(() -> definition.close(taken, point));
    return new double[] {prove, verify};
  }

  private double best(Runnable work) {
    long best = Long.MAX_VALUE;
    long start = System.nanoTime();
    int runs = 0;
    while (runs++ < 3 || System.nanoTime() - start < WARM_NANOS) {
      long before = threads.getCurrentThreadCpuTime();
      work.run();
      best = Math.min(best, threads.getCurrentThreadCpuTime() - before);
    }
    return best / 1e6;
  }
}
