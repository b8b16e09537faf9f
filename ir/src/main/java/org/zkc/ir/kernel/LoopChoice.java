package org.zkc.ir.kernel;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Which twin of the inner loops this process uses; results never depend on it. Vector code that is
 * not compiled yet is about a thousand times slower than compiled, since every vector is an object,
 * so the plain loops work until a background thread has seen the vector loops beat them. That
 * thread starts when there was enough work that a process may gain by it.
 *
 * <p>The backend trains its kernels in the same way and with the same constants. Neither module may
 * know the other, so each has the few lines; a test holds the constants equal.
 *
 * <p>The system property {@code zkc.vector} chooses: {@code off} for plain loops only, {@code on}
 * for vector loops at once, for benchmarks that warm up themselves.
 */
public final class LoopChoice {
  private static final String PROPERTY = "zkc.vector";
  private static final String MODULE = "jdk.incubator.vector";

  /** Multiplications by plain loops after which the vector loops are compiled: some 20 ms. */
  private static final long WORTHWHILE = 100_000_000;

  /** Multiplications over which plain loops take seconds. */
  private static final long WORTH_WAITING = 100 * WORTHWHILE;

  private static final long MOST_SECONDS = 10;

  // A twin that has not won within this time never will (too few processors, or a JVM that compiles
  // vectors badly).
  private static final long PATIENCE_NANOS = 60_000_000_000L;
  // Runs that make the JVM compile; from then on the trainer only looks whether it has.
  private static final int COMPILING_RUNS = 400;
  private static final long POLL_MILLIS = 20;
  private static final int RUNS = 5;

  private static final boolean POSSIBLE =
      !"off".equals(System.getProperty(PROPERTY))
          && ModuleLayer.boot().findModule(MODULE).isPresent();

  private static final AtomicLong DONE = new AtomicLong();
  private static final CountDownLatch ENDED = new CountDownLatch(1);

  private static volatile Loops<float[]> floats = new PlainFloatLoops();
  private static volatile Loops<int[]> ints = new PlainIntLoops();

  static {
    if (!POSSIBLE) {
      ENDED.countDown();
    } else if ("on".equals(System.getProperty(PROPERTY))) {
      floats = new VectorFloatLoops();
      ints = new VectorIntLoops();
      DONE.set(WORTHWHILE);
      ENDED.countDown();
    }
  }

  private LoopChoice() {}

  /** The loops for a piece of work of this many multiplications. */
  static Loops<float[]> floats(long multiplications) {
    note(multiplications);
    return floats;
  }

  /** The loops for a piece of work of this many multiplications. */
  static Loops<int[]> ints(long multiplications) {
    note(multiplications);
    return ints;
  }

  private static void note(long multiplications) {
    if (POSSIBLE && DONE.get() < WORTHWHILE) {
      long before = DONE.getAndAdd(multiplications);
      if (before < WORTHWHILE && before + multiplications >= WORTHWHILE) {
        trainer().start();
      }
    }
  }

  /**
   * Says how many multiplications are to come. Where plain loops would take longer over them than
   * the vector loops take to be compiled, waits until these are, but for some seconds only.
   */
  public static void expect(long multiplications) {
    if (POSSIBLE && multiplications >= WORTH_WAITING) {
      note(multiplications);
      try {
        ENDED.await(MOST_SECONDS, TimeUnit.SECONDS);
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * If vector loops are being compiled, waits until that has ended: what is measured afterwards is
   * warm.
   */
  public static void await() {
    try {
      if (DONE.get() >= WORTHWHILE) {
        ENDED.await();
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  // A hint only: training should not take time from the work, whatever comes of it.
  @SuppressWarnings("ThreadPriorityCheck")
  private static Thread trainer() {
    Thread trainer = new Thread(LoopChoice::train, "zkc-product-training");
    trainer.setDaemon(true);
    trainer.setPriority(Thread.MIN_PRIORITY);
    return trainer;
  }

  private static void train() {
    try {
      Loops<float[]> vectorFloats = new VectorFloatLoops();
      Loops<int[]> vectorInts = new VectorIntLoops();
      if (beats(new Exercise<>(new PlainFloatLoops()), new Exercise<>(vectorFloats))) {
        floats = vectorFloats;
      }
      if (beats(new Exercise<>(new PlainIntLoops()), new Exercise<>(vectorInts))) {
        ints = vectorInts;
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    } finally {
      ENDED.countDown();
    }
  }

  private static boolean beats(Exercise<?> plain, Exercise<?> vector) throws InterruptedException {
    long start = System.nanoTime();
    for (int runs = 0; System.nanoTime() - start < PATIENCE_NANOS; runs += RUNS) {
      if (runs >= COMPILING_RUNS) {
        Thread.sleep(POLL_MILLIS);
      }
      long plainBest = plain.best();
      if (vector.best() < plainBest) {
        return true;
      }
    }
    return false;
  }

  /** A small product that runs every loop, with every branch of it. */
  private static final class Exercise<A> {
    private static final int DEPTH = 24;

    private final Loops<A> loops;
    private final A source;
    private final A panel;
    private final A out;
    private final int[] offsets = new int[DEPTH];
    private final Runs runs;

    Exercise(Loops<A> loops) {
      this.loops = loops;
      int columns = loops.columns();
      runs = new Runs(columns);
      runs.set(0, columns, columns / 2 + 1, columns);
      for (int k = 0; k < DEPTH; k++) {
        offsets[k] = k * columns / 2;
      }
      source = loops.newArray(offsets[DEPTH - 1] + Loops.ROWS * columns);
      panel = loops.newArray((DEPTH + 1) * columns);
      out = loops.newArray(Loops.ROWS * columns);
    }

    long best() {
      long best = Long.MAX_VALUE;
      for (int run = 0; run < RUNS; run++) {
        long start = System.nanoTime();
        run(run % 2 == 0);
        best = Math.min(best, (System.nanoTime() - start) / loops.columns());
      }
      return best;
    }

    private void run(boolean add) {
      int columns = loops.columns();
      loops.pack(source, 0, offsets, 0, DEPTH, runs, panel, 0);
      for (int rows = 1; rows <= Loops.ROWS; rows++) {
        loops.tile(source, 0, 1, rows, panel, 0, DEPTH, out, 0, columns, add);
      }
      loops.taps(source, 0, offsets, 0, 9, panel, 0, out, Loops.ROWS * columns - 1);
    }
  }
}
