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
  private final Deque<Training> compiling = new ArrayDeque<>();

  static {
    ONE.start();
  }

  /** Schedules a training, after those that are more urgent. */
  static void add(Training training) {
    synchronized (ONE) {
      ONE.all.add(training);
      ONE.waiting.add(training);
      ONE.notifyAll();
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

  private void work() {
    try {
      Thread.sleep(DELAY_MILLIS);
      while (true) {
        step();
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
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
