package org.zkc.gkr.kernel;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Gets a vector twin compiled before anyone depends on it. Uncompiled vector code is about a
 * thousand times slower than compiled (every vector is an object), so a cold process must not run
 * it: until the background thread has seen the vector twin beat the plain one, callers use the
 * plain one. Both give the same results, so when this happens changes nothing but time.
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
  // A process that ends sooner gains nothing by training.
  private static final long DELAY_MILLIS = 500;
  // Runs that make the JVM compile; from then on the trainer only looks whether it has.
  private static final int COMPILING_RUNS = 400;
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

  private static final LinkedBlockingQueue<Training> QUEUE = new LinkedBlockingQueue<>();
  private static final Queue<Training> ALL = new ConcurrentLinkedQueue<>();

  static {
    trainer().start();
  }

  @SuppressWarnings(
      "ThreadPriorityCheck") // a hint only: training should not take time from the work, whatever
  // comes of it
  private static Thread trainer() {
    Thread trainer = new Thread(Training::work, "zkc-kernel-training");
    trainer.setDaemon(true);
    trainer.setPriority(Thread.MIN_PRIORITY);
    return trainer;
  }

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
  private final Clock clock;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicLong work = new AtomicLong();
  private final AtomicBoolean begun = new AtomicBoolean();
  private volatile boolean done;

  /** Trains when {@link #train} is called. */
  Training(Runnable plain, Runnable vector, Clock clock) {
    this.plain = plain;
    this.vector = vector;
    this.clock = clock;
  }

  /**
   * Training that begins when the plain twin has done, or {@link #isReady} was told of, so much
   * work that more is to be expected: the JVM's compiler takes a second and more for a set of
   * vector loops.
   *
   * @param plain some work by the plain twin, well below a millisecond when compiled
   * @param vector the same work by the vector twin, every loop of it
   */
  public static Training of(Runnable plain, Runnable vector) {
    Training training = new Training(plain, vector, REAL);
    if ("on".equals(System.getProperty(Provider.PROPERTY))) {
      training.done = true;
      training.begun.set(true);
      training.ended.countDown();
    }
    return training;
  }

  /**
   * Lets training begin at the first use from now on, whatever the work: for a process that will
   * live long, which would else train in the midst of its first proofs.
   */
  public static void early() {
    worthwhile = 1;
  }

  /**
   * Waits until everything that has begun to train has ended: what is measured afterwards is warm.
   */
  public static void awaitAll() {
    try {
      for (Training training : ALL) {
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
    if (!begun.get()
        && work.addAndGet(elements) >= worthwhile
        && begun.compareAndSet(false, true)) {
      ALL.add(this);
      QUEUE.add(this);
    }
    return done;
  }

  /**
   * Says how many elements are to come. Where the plain twin would take longer over them than the
   * vector twin takes to be compiled, waits until this is, but for some seconds only.
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

  private static void work() {
    try {
      Thread.sleep(DELAY_MILLIS);
      while (true) {
        QUEUE.take().train();
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  /** Runs both twins until the vector one wins, or patience ends. */
  void train() throws InterruptedException {
    long start = clock.nanos();
    for (int runs = 0; !done && clock.nanos() - start < PATIENCE_NANOS; runs += RUNS) {
      if (runs >= COMPILING_RUNS) {
        clock.rest();
      }
      long plainBest = best(plain);
      done = best(vector) < plainBest;
    }
    ended.countDown();
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
