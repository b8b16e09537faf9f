package org.zkc.ir.kernel;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The twin of the inner loops that this process uses; results never depend on the choice.
 * Uncompiled vector code is about a thousand times slower than compiled code, because every vector
 * is an object. The plain loops therefore work until a background thread has seen the vector loops
 * beat them. That thread starts after enough work for a process to gain by it, separately for
 * floats and for integers.
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

  /**
   * Multiplications by plain loops after which the vector loops are compiled: 0.6 s of one thread,
   * as long as compiling takes. VGG-16/32 has a tenth.
   */
  private static final long WORTHWHILE = 3_000_000_000L;

  /** The same for a process that will live long. */
  private static final long EARLY = 100_000_000;

  /** Multiplications over which plain loops take seconds. */
  private static final long WORTH_WAITING = 10_000_000_000L;

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

  private static final LoopChoice FLOATS = new LoopChoice();
  private static final LoopChoice INTS = new LoopChoice();

  private static volatile long worthwhile = WORTHWHILE;
  private static volatile MatrixLoops<float[]> floats = new PlainFloatLoops();
  private static volatile PlainIntLoops ints = new PlainIntLoops();

  static {
    if (POSSIBLE && "on".equals(System.getProperty(PROPERTY))) {
      floats = new VectorFloatLoops();
      ints = new VectorIntLoops();
      FLOATS.settle();
      INTS.settle();
    }
  }

  private final AtomicLong done = new AtomicLong();
  private final AtomicBoolean begun = new AtomicBoolean();
  private final CountDownLatch ended = new CountDownLatch(1);

  private LoopChoice() {
    if (!POSSIBLE) {
      settle();
    }
  }

  private void settle() {
    begun.set(true);
    ended.countDown();
  }

  /** The loops for a piece of work of this many multiplications. */
  static MatrixLoops<float[]> floats(long multiplications) {
    FLOATS.note(multiplications, LoopChoice::trainFloats);
    return floats;
  }

  /** The loops for a piece of work of this many multiplications. */
  static MatrixLoops<int[]> ints(long multiplications) {
    INTS.note(multiplications, LoopChoice::trainInts);
    return ints;
  }

  /**
   * The loops for integers as far as they are ready, for work that is no reason to compile them.
   */
  static PlainIntLoops ints() {
    return ints;
  }

  /** Makes vector loops compile after less work from now on, for a process that lives long. */
  public static void early() {
    worthwhile = EARLY;
  }

  /**
   * Begins to compile the vector loops for floats, for whoever knows that a large model comes and
   * not yet how much it multiplies.
   */
  public static void announceFloats() {
    FLOATS.note(WORTH_WAITING, LoopChoice::trainFloats);
  }

  private void note(long multiplications, Training training) {
    if (!begun.get()
        && done.addAndGet(multiplications) >= worthwhile
        && begun.compareAndSet(false, true)) {
      trainer(training).start();
    }
  }

  /**
   * Announces how many multiplications of floats are to come, and that as many of integers come
   * behind them. Where plain loops would take longer over them than the compilation of the vector
   * loops takes, this method waits for the compilation of those for floats, but for some seconds
   * only. Those for integers are compiled while floats are multiplied.
   */
  public static void expectFloatsThenInts(long multiplications) {
    if (POSSIBLE && multiplications >= WORTH_WAITING) {
      FLOATS.note(multiplications, LoopChoice::trainFloats);
      try {
        FLOATS.ended.await(MOST_SECONDS, TimeUnit.SECONDS);
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      }
      INTS.note(multiplications, LoopChoice::trainInts);
    }
  }

  /**
   * If vector loops are being compiled, waits until that has ended: what is measured afterwards is
   * warm.
   */
  public static void await() {
    try {
      for (LoopChoice choice : List.of(FLOATS, INTS)) {
        if (choice.begun.get()) {
          choice.ended.await();
        }
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  /** Runs both twins until the vector one wins, or patience ends. */
  @FunctionalInterface
  private interface Training {
    void run() throws InterruptedException;
  }

  // The priority is only a hint: training should not take time from the work.
  @SuppressWarnings("ThreadPriorityCheck")
  private Thread trainer(Training training) {
    Thread trainer =
        new Thread(
            () -> {
              try {
                training.run();
              } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
              } finally {
                ended.countDown();
              }
            },
            "zkc-product-training");
    trainer.setDaemon(true);
    trainer.setPriority(Thread.MIN_PRIORITY);
    return trainer;
  }

  private static void trainFloats() throws InterruptedException {
    MatrixLoops<float[]> vector = new VectorFloatLoops();
    if (beats(new Exercise<>(new PlainFloatLoops(), () -> {}), new Exercise<>(vector, () -> {}))) {
      floats = vector;
    }
  }

  private static void trainInts() throws InterruptedException {
    PlainIntLoops vector = new VectorIntLoops();
    if (beats(exercise(new PlainIntLoops()), exercise(vector))) {
      ints = vector;
    }
  }

  private static Exercise<int[]> exercise(PlainIntLoops loops) {
    // With a vector body and a tail.
    int count = loops.columns() + 3;
    int[] out = new int[count];
    byte[] bytes = new byte[count];
    short[] shorts = new short[count];
    return new Exercise<>(
        loops,
        () -> {
          loops.widen(bytes, out, 0, count);
          loops.widen(shorts, out, 0, count);
        });
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

    private final MatrixLoops<A> loops;
    private final Runnable others;
    private final A source;
    private final A panel;
    private final A left;
    private final A out;
    private final int[] offsets = new int[DEPTH];
    private final Runs runs;

    Exercise(MatrixLoops<A> loops, Runnable others) {
      this.loops = loops;
      this.others = others;
      int columns = loops.columns();
      runs = new Runs(columns);
      runs.set(0, columns, columns / 2 + 1, columns);
      for (int k = 0; k < DEPTH; k++) {
        offsets[k] = k * columns / 2;
      }
      source = loops.newArray(offsets[DEPTH - 1] + MatrixLoops.ROWS * columns);
      panel = loops.newArray((DEPTH + 1) * columns);
      left = loops.newArray(DEPTH * MatrixLoops.ROWS);
      out = loops.newArray(MatrixLoops.ROWS * columns);
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
      for (int rows = 1; rows <= MatrixLoops.ROWS; rows++) {
        loops.interleave(source, 0, 1, rows, DEPTH, left, 0);
        loops.tile(left, 0, rows, panel, 0, DEPTH, out, 0, columns, add);
      }
      loops.taps(source, 0, offsets, 0, 9, panel, 0, out, MatrixLoops.ROWS * columns - 1);
      others.run();
    }
  }
}
