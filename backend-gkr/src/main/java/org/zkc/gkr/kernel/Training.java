package org.zkc.gkr.kernel;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Gets a vector twin compiled before any caller depends on it. Uncompiled vector code is about a
 * thousand times slower than compiled (every vector is an object), so a cold process must not run
 * it: until the background thread has seen the vector twin beat the plain one, callers use the
 * plain one. Both give the same results, so the moment of the change affects only time.
 *
 * <p>Loops of one set each have a training of their own, so that the first that is compiled is used
 * first; {@link Trainer} says which comes next.
 *
 * <p>The products of calibration and execution are trained in the same way and with the same
 * constants in their own module. Neither may know the other; a test holds the constants equal.
 *
 * <p>The system property {@code zkc.vector=on} skips the training, for benchmarks that warm up
 * themselves.
 */
public final class Training {
  // A twin that has not won within this time never will (too few processors, or a JVM that compiles
  // vectors badly).
  private static final long PATIENCE_NANOS = 60_000_000_000L;
  // Runs that make the JVM compile; from then on the trainer only looks whether it has.
  private static final int COMPILING_RUNS = 400;
  private static final int BRIEF_RUNS = 20;
  private static final long POLL_MILLIS = 20;
  private static final int RUNS = 5;

  /**
   * Elements that the plain twin has worked on when training begins: about a second, as long as the
   * JVM's compiler takes. A proof of VGG-16/32 has half of that in a process of its own, and took
   * 2.7 s instead of 1.8 s when training began after ten milliseconds.
   */
  static final long WORTHWHILE = 1 << 27;

  /** Elements over which the plain twin takes seconds. */
  static final long WORTH_WAITING = 2 * WORTHWHILE;

  private static final long MOST_SECONDS = 10;

  private static volatile long worthwhile = WORTHWHILE;

  /** The clock that the trainer reads the time from, and rests with. */
  interface Clock {
    long nanos();

    void rest() throws InterruptedException;
  }

  private static final Clock REAL =
      new Clock() {
        @Override
        public long nanos() {
          return System.nanoTime();
        }

        @Override
        public void rest() throws InterruptedException {
          Thread.sleep(POLL_MILLIS);
        }
      };

  private final Runnable plain;
  private final Runnable vector;
  private final Runnable brief;
  private final int effort;
  private final AtomicLong together;
  private final Clock clock;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicLong work = new AtomicLong();
  private final AtomicBoolean begun = new AtomicBoolean();
  private volatile boolean done;
  private long firstRun;

  /** Trains when a trainer is told to. */
  Training(
      Runnable plain,
      Runnable vector,
      Runnable brief,
      int effort,
      AtomicLong together,
      Clock clock) {
    this.plain = plain;
    this.vector = vector;
    this.brief = brief;
    this.effort = effort;
    this.together = together;
    this.clock = clock;
  }

  /**
   * Training that begins when the plain twin has done, or {@link #isReady} was told of, so much
   * work that more is to be expected: the JVM's compiler takes a second and more for a set of
   * vector loops.
   *
   * @param plain some work by the plain twin, well below a millisecond when compiled
   * @param vector the same work by the vector twin, every loop of it
   * @param brief less work by the vector twin, every loop of it for some dozens of rounds: a JVM
   *     that compiles after few calls does so before the loops run long enough to be compiled twice
   * @param effort what the compiler takes for the vector twin, in about 25 ms, at least 1
   */
  public static Training of(Runnable plain, Runnable vector, Runnable brief, int effort) {
    return of(plain, vector, brief, effort, new AtomicLong());
  }

  /**
   * Training of one loop of a set.
   *
   * @param effort as above
   * @param together what all loops of the set have worked on: those in use begin to train when it
   *     is enough
   */
  static Training of(
      Runnable plain, Runnable vector, Runnable brief, int effort, AtomicLong together) {
    Training training = new Training(plain, vector, brief, effort, together, REAL);
    if ("on".equals(System.getProperty(Provider.PROPERTY))) {
      training.done = true;
      training.begun.set(true);
      training.ended.countDown();
    }
    return training;
  }

  /**
   * Makes training begin at the first use from now on, whatever the work. A process that lives long
   * would otherwise train in the midst of its first proofs.
   */
  public static void early() {
    worthwhile = 1;
  }

  /**
   * Waits until everything that has begun to train has ended: what is measured afterwards is warm.
   */
  public static void awaitAll() {
    try {
      for (Training training : Trainer.all()) {
        training.ended.await();
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Whether the vector twin is ready.
   *
   * @param elements what the caller is going to work on, with one twin or the other
   */
  public boolean isReady(long elements) {
    if (!done) {
      work.addAndGet(elements);
      if (!begun.get()
          && together.addAndGet(elements) >= worthwhile
          && begun.compareAndSet(false, true)) {
        Trainer.add(this);
      }
    }
    return done;
  }

  /**
   * Announces how many elements are to come later: where they are many, training begins while the
   * caller does something else.
   */
  public void announce(long elements) {
    if (elements >= WORTH_WAITING && !begun.get()) {
      isReady(elements);
    }
  }

  /**
   * Announces how many elements are to come. Where the plain twin would take longer over them than
   * the compilation of the vector twin takes, this method waits for the compilation, but for some
   * seconds only.
   */
  public void expect(long elements) {
    if (elements >= WORTH_WAITING && !isReady(elements)) {
      try {
        ended.await(MOST_SECONDS, TimeUnit.SECONDS);
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Whether enough work was done that training began. */
  boolean hasBegun() {
    return begun.get();
  }

  /**
   * How much compiling this next is worth: elements that {@link #isReady} was told of so far, by
   * the compiler's effort.
   */
  long urgency() {
    return work.get() / effort;
  }

  /**
   * Runs both twins until the JVM has been made to compile the vector one, which may have won by
   * then.
   *
   * @return whether training has ended
   */
  boolean compile() {
    firstRun = clock.nanos();
    for (int run = 0; run < BRIEF_RUNS; run++) {
      brief.run();
    }
    return run(COMPILING_RUNS);
  }

  /**
   * Looks whether the vector twin wins now.
   *
   * @return whether training has ended
   */
  boolean poll() {
    return run(RUNS);
  }

  boolean hasEnded() {
    return ended.getCount() == 0;
  }

  /** Ends the training; callers go on with the plain twin, or with the vector one that has won. */
  void giveUp() {
    ended.countDown();
  }

  /** Lets the JVM's compiler go on. */
  void rest() throws InterruptedException {
    clock.rest();
  }

  private boolean run(int most) {
    boolean wins = false;
    boolean over = false;
    for (int runs = 0; !wins && !over && runs < most; runs += RUNS) {
      // Compiled, a twin is a hundred times faster than not; short loops are vectorised by the JVM
      // itself in the plain one, so that the two are as fast.
      long plainBest = best(plain);
      wins = best(vector) <= plainBest + plainBest / 4;
      over = clock.nanos() - firstRun >= PATIENCE_NANOS;
    }
    done = wins;
    if (wins || over) {
      ended.countDown();
    }
    return wins || over;
  }

  private long best(Runnable work) {
    long best = Long.MAX_VALUE;
    for (int run = 0; run < RUNS; run++) {
      long start = clock.nanos();
      work.run();
      best = Math.min(best, clock.nanos() - start);
    }
    return best;
  }
}
