package org.zkc.gkr.kernel;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * The background thread that trains, one twin after another: first the one whose plain twin has
 * worked most so far beside what the JVM's compiler will take for it. While the JVM compiles one it
 * begins with the next.
 */
final class Trainer {
  // A process that ends sooner gains nothing by training.
  private static final long DELAY_MILLIS = 500;

  private static final Trainer ONE = new Trainer();

  private final List<Training> all = new ArrayList<>();
  private final List<Training> waiting = new ArrayList<>();
  private boolean hasStopped;
  private final Deque<Training> compiling = new ArrayDeque<>();

  static {
    ONE.start();
  }

  /** Schedules a training, after those that are more urgent. */
  static void add(Training training) {
    ONE.schedule(training);
  }

  synchronized void schedule(Training training) {
    all.add(training);
    if (hasStopped) {
      training.giveUp();
    } else {
      waiting.add(training);
      notifyAll();
    }
  }

  /** Everything that was ever to be trained. */
  static List<Training> all() {
    synchronized (ONE) {
      return List.copyOf(ONE.all);
    }
  }

  @SuppressWarnings(
      "ThreadPriorityCheck") // a hint only: training should not take time from the work, whatever
  // comes of it
  private void start() {
    Thread thread = new Thread(this::work, "zkc-kernel-training");
    thread.setDaemon(true);
    thread.setPriority(Thread.MIN_PRIORITY);
    thread.start();
  }

  /** Trains what is scheduled, until it is interrupted or a twin fails. */
  void work() {
    try {
      Thread.sleep(DELAY_MILLIS);
      while (true) {
        step();
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    } finally {
      stop();
    }
  }

  /** Nothing trains any more, so that nobody waits for it: the plain twins stay. */
  private synchronized void stop() {
    hasStopped = true;
    all.forEach(Training::giveUp);
  }

  private void step() throws InterruptedException {
    Optional<Training> next = next();
    if (next.isPresent()) {
      if (!next.get().compile()) {
        compiling.add(next.get());
      }
    } else {
      compiling.getFirst().rest();
    }
    compiling.removeIf(Training::poll);
  }

  /** The most urgent; none where all that there are were begun. */
  private synchronized Optional<Training> next() throws InterruptedException {
    while (waiting.isEmpty() && compiling.isEmpty()) {
      wait();
    }
    if (waiting.isEmpty()) {
      return Optional.empty();
    }
    Training most = Collections.max(waiting, Comparator.comparingLong(Training::urgency));
    waiting.remove(most);
    return Optional.of(most);
  }
}
