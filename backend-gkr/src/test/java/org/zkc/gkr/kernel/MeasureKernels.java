package org.zkc.gkr.kernel;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.Random;
import org.zkc.gkr.code.CircleCode;
import org.zkc.gkr.field.Ext;
import org.zkc.gkr.field.ExtVector;
import org.zkc.gkr.field.M31;
import org.zkc.gkr.hash.ColumnHasher;
import org.zkc.gkr.ligero.ColumnOpening;
import org.zkc.gkr.ligero.Columns;
import org.zkc.gkr.ligero.LigeroVerifier;
import org.zkc.gkr.mle.EqTable;
import org.zkc.gkr.prove.commitment.WitnessCommitment;
import org.zkc.gkr.transcript.Transcript;

/**
 * Prints nanoseconds of processor time and allocated bytes per element of every kernel, cold and
 * warm. A main program: run it with {@code -Dzkc.vector=on} for vectors without training, {@code
 * off} for plain loops. Processor time, because it means something on a machine that does other
 * things too.
 */
public final class MeasureKernels {
  private static final long WARM_NANOS = 2_000_000_000L;
  private static final int SIZE = 1 << 15;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final Random random = new Random(1);

  private MeasureKernels() {}

  public static void main(String[] arguments) {
    System.out.println(Provider.reason());
    System.out.printf(
        "%-28s %12s %12s %14s %12s%n", "", "elements", "ns/element", "bytes/element", "cold ms");
    MeasureKernels measure = new MeasureKernels();
    measure.kernels();
    measure.folds();
    measure.commitment();
  }

  private ExtVector vector(int length) {
    ExtVector v = new ExtVector(length);
    for (int limb = 0; limb < 4; limb++) {
      for (int k = 0; k < length; k++) {
        v.limb(limb)[k] = random.nextInt(M31.P);
      }
    }
    return v;
  }

  private void print(String name, long elements, Runnable work) {
    long start = threads.getCurrentThreadCpuTime();
    work.run();
    double cold = (threads.getCurrentThreadCpuTime() - start) / 1e6;
    int batch = (int) Math.max(1, 2_000_000 / elements);
    long best = Long.MAX_VALUE;
    long allocated = 0;
    long end = System.nanoTime() + WARM_NANOS;
    do {
      long before = threads.getCurrentThreadAllocatedBytes();
      start = threads.getCurrentThreadCpuTime();
      for (int run = 0; run < batch; run++) {
        work.run();
      }
      best = Math.min(best, (threads.getCurrentThreadCpuTime() - start) / batch);
      allocated = (threads.getCurrentThreadAllocatedBytes() - before) / batch;
    } while (System.nanoTime() < end);
    System.out.printf(
        "%-28s %12d %12.3f %14.2f %12.1f%n",
        name, elements, best / (double) elements, allocated / (double) elements, cold);
  }

  private void kernels() {
    Kernels kernels = Kernels.best();
    ExtVector a = vector(2 * SIZE);
    ExtVector b = vector(2 * SIZE);
    ExtVector c = vector(2 * SIZE);
    ExtVector d = vector(2 * SIZE);
    ExtVector out = vector(2 * SIZE);
    ExtVector p = vector(SIZE);
    ExtVector q = vector(SIZE);
    ExtVector eqHigh = vector(SIZE / 512);
    ExtVector eqLow = vector(512);
    Ext e = a.get(3);
    Ext[] point = vector(15).toArray();
    Ext[] betas = {e, b.get(0)};
    int[] base = a.limb(0).clone();
    int[][] columns = {base, b.limb(1)};
    print("dot", SIZE, () -> kernels.dot(p, q));
    print("dotBase", SIZE, () -> kernels.dotBase(base, 0, SIZE, p));
    print("bind", SIZE, () -> kernels.bind(out, SIZE, e));
    print("bindBase", SIZE, () -> kernels.bindBase(base, 0, 2 * SIZE, SIZE, e));
    print("addScaledBase", SIZE, () -> kernels.addScaledBase(p, e, base, 0, SIZE));
    print("scale", SIZE, () -> kernels.scale(p, e));
    print("roundOfTwo", SIZE, () -> kernels.roundOfTwo(a, b, SIZE));
    print("roundOfTwoBase", SIZE, () -> kernels.roundOfTwoBase(base, 0, 2 * SIZE, b, SIZE));
    print("roundOfThree", SIZE, () -> kernels.roundOfThree(a, b, c, SIZE));
    print(
        "roundOfFractions", SIZE, () -> kernels.roundOfFractions(a, b, c, d, eqHigh, eqLow, SIZE));
    print(
        "roundOfProduct, 4 tables",
        SIZE,
        () -> kernels.roundOfProduct(new ExtVector[] {a, b, c, d}, eqHigh, eqLow, SIZE));
    print("eq table", SIZE, () -> EqTable.of(point));
    print("denominators, 2 columns", SIZE, () -> kernels.denominators(e, betas, columns, 0, p));
  }

  private void folds() {
    int rows = 512;
    int columns = 4608;
    byte[] bytes = new byte[2 * rows * columns];
    random.nextBytes(bytes);
    MemorySegment weights = MemorySegment.ofArray(bytes);
    ExtVector coefficients = vector(rows);
    ExtVector out = vector(columns);
    for (int width : new int[] {1, 2}) {
      print(
          "foldRows of int" + 8 * width,
          rows * columns,
          () -> Kernels.best().foldRows(weights, width, columns, coefficients, out));
    }
  }

  private void commitment() {
    int width = 8192;
    int rows = 128;
    int[] cells = vector(width + rows).limb(0);
    CircleCode code = CircleCode.ofDimension(width);
    int[] codeword = new int[code.length()];
    print("encode, coefficients", width, () -> code.encode(cells, 0, width, codeword, 0));
    int[] block = new int[ColumnHasher.BLOCK_ROWS * code.length()];
    print(
        "hash columns, residues",
        (long) rows * code.length(),
        () -> {
          ColumnHasher hasher = new ColumnHasher(code.length(), rows);
          for (int r = 0; r < rows; r += ColumnHasher.BLOCK_ROWS) {
            hasher.absorb(block, Workers.callerOnly());
          }
          hasher.finish();
        });
    print("commit, cells", (long) rows * width, () -> commit(cells, width, rows));
    WitnessCommitment commitment = commit(cells, width, rows);
    int[] indices =
        Columns.distinct(new Transcript("measure").challengeIndices("q", 150, code.length()));
    ColumnOpening opening = commitment.open(indices);
    ExtVector coefficients = vector(rows);
    ExtVector u = new ExtVector(width);
    for (int r = 0; r < rows; r++) {
      Kernels.best().addScaledBase(u, coefficients.get(r), cells, r, width);
    }
    byte[] root = commitment.root();
    print("open 150 columns, residues", 150L * rows, () -> commitment.open(indices));
    print(
        "verify them",
        150L * rows,
        () ->
            LigeroVerifier.check("measure", root, width, rows, coefficients, u, indices, opening));
    long nonces = new Transcript("measure").grind("work", 18) + 1;
    print("grind, nonces", nonces, () -> new Transcript("measure").grind("work", 18));
  }

  private static WitnessCommitment commit(int[] cells, int width, int rows) {
    return WitnessCommitment.commit(
        width,
        rows,
        (row, target, at) -> System.arraycopy(cells, row, target, at, width),
        Workers.callerOnly());
  }
}
