package org.zkc.gkr.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Threads for independent pieces of work. Pieces write to places of their own, so results are the
 * same for every number of threads.
 *
 * <p>The caller works too, and its helpers look for the next batch of pieces for some microseconds
 * before they sleep: a proof hands out thousands of batches, most of them shorter than it takes to
 * wake a thread. A piece that hands out pieces itself works on them alone.
 */
public final class Workers implements AutoCloseable {
  /** The time for which a helper looks for work before it sleeps. */
  private static final long PATIENCE_NANOS = 200_000;

  /** Looks between two at the clock. */
  private static final int LOOKS = 64;

  /** Pieces for each thread of work that can be cut anywhere: the slowest waits for less. */
  private static final int PIECES_OF_A_THREAD = 4;

  /** Multiples in which ranges are cut, so that vector loops have no ends inside. */
  private static final int GRAIN = 256;

  private final int threads;
  private final AtomicBoolean busy = new AtomicBoolean();
  private final List<Helper> helpers = new ArrayList<>();
  private volatile @Nullable Batch batch;
  private volatile boolean closed;

  private Workers(int threads) {
    this.threads = threads;
  }

  /** The calling thread alone. */
  public static Workers callerOnly() {
    return new Workers(1);
  }

  /** {@code threads} threads, at least 1; with 1 the caller works alone. */
  public static Workers of(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException(threads + " threads");
    }
    return new Workers(threads);
  }

  public int threads() {
    return threads;
  }

  /** Pieces that free threads take one after the other. */
  private static final class Batch {
    private final int count;
    private final IntConsumer body;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger done = new AtomicInteger();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    Batch(int count, IntConsumer body) {
      this.count = count;
      this.body = body;
    }

    void work() {
      for (int k = next.getAndIncrement(); k < count; k = next.getAndIncrement()) {
        try {
          if (failure.get() == null) {
            body.accept(k);
          }
        } catch (Throwable t) {
          failure.compareAndSet(null, t);
        } finally {
          done.incrementAndGet();
        }
      }
    }

    boolean isDone() {
      return done.get() == count;
    }
  }

  private final class Helper extends Thread {
    private volatile boolean sleeping;

    Helper(int number) {
      super("zkc-worker-" + number);
      setDaemon(true);
    }

    @Override
    public void run() {
      Batch last = null;
      while (!closed) {
        Batch found = await(last);
        if (found != null) {
          found.work();
          last = found;
        }
      }
    }

    /** The next batch after {@code last}, or null when there may be none. */
    private @Nullable Batch await(@Nullable Batch last) {
      long began = System.nanoTime();
      do {
        for (int k = 0; k < LOOKS; k++) {
          Batch now = batch;
          if (now != null && now != last) {
            return now;
          }
          Thread.onSpinWait();
        }
      } while (System.nanoTime() - began < PATIENCE_NANOS && !closed);
      sleeping = true;
      // The thread that hands out a batch sets this before it looks for sleeping threads.
      if (!closed && (batch == null || batch == last)) {
        LockSupport.park(Workers.this);
      }
      sleeping = false;
      return null;
    }

    void wake() {
      if (sleeping) {
        LockSupport.unpark(this);
      }
    }
  }

  /**
   * Runs body(0) .. body(count - 1) and returns when all are done.
   *
   * @throws CancellationException where the calling thread has been interrupted, because its result
   *     is no longer awaited
   */
  public void forEach(int count, IntConsumer body) {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancellationException("the thread was interrupted");
    }
    if (threads == 1 || count <= 1 || !busy.compareAndSet(false, true)) {
      for (int k = 0; k < count; k++) {
        body.accept(k);
      }
      return;
    }
    Batch handedOut = new Batch(count, body);
    try {
      start();
      batch = handedOut;
      helpers.forEach(Helper::wake);
      handedOut.work();
      for (int k = 1; !handedOut.isDone(); k++) {
        if (k % LOOKS == 0) {
          Thread.yield();
        } else {
          Thread.onSpinWait();
        }
      }
    } finally {
      batch = null;
      busy.set(false);
    }
    throwAgain(handedOut.failure.get());
  }

  private void start() {
    while (helpers.size() < threads - 1) {
      Helper helper = new Helper(helpers.size() + 1);
      helper.start();
      helpers.add(helper);
    }
  }

  private static void throwAgain(@Nullable Throwable failure) {
    switch (failure) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(failure);
    }
  }

  /** Elements of a piece of {@link #forEachRange}. */
  private static final int RANGE = 64;

  /** Works on [from, to). */
  @FunctionalInterface
  public interface Range {
    void run(int from, int to);
  }

  /** Runs body on pieces of [0, count) of a fixed size and returns when all are done. */
  public void forEachRange(int count, Range body) {
    forEach(
        (count + RANGE - 1) / RANGE,
        piece -> body.run(piece * RANGE, Math.min(count, (piece + 1) * RANGE)));
  }

  /**
   * The number of pieces that {@code count} elements make. No piece has fewer than {@code least}
   * elements unless there is only one piece.
   */
  public int pieces(int count, int least) {
    return threads == 1 ? 1 : Math.clamp(count / least, 1, PIECES_OF_A_THREAD * threads);
  }

  /**
   * The first index of piece {@code piece} of {@code pieces} of [0, count); the last ends at count.
   */
  public static int cut(int count, int pieces, int piece, int unit) {
    int at = (int) ((long) count * piece / pieces);
    return piece == pieces ? count : at - at % unit;
  }

  /**
   * Runs body on {@link #pieces} of [0, count) and returns when all are done. Pieces of 256
   * elements and more begin at multiples of that.
   */
  public void forEachPiece(int count, int least, Range body) {
    int pieces = pieces(count, least);
    int unit = least < GRAIN ? 1 : GRAIN;
    forEach(pieces, k -> body.run(cut(count, pieces, k, unit), cut(count, pieces, k + 1, unit)));
  }

  /** {@link #forEachPiece} of elements that are worth {@code work} additions or more each. */
  public void forEachPiece(int count, long work, long least, Range body) {
    forEachPiece(count, Math.toIntExact(Math.clamp(least / Math.max(1, work), 1, least)), body);
  }

  @Override
  public void close() {
    closed = true;
    helpers.forEach(LockSupport::unpark);
  }
}
