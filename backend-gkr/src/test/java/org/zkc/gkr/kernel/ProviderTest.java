package org.zkc.gkr.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class ProviderTest {
  @Test
  void testsRunWithTheVectorModule() {
    assertEquals(Provider.VECTOR, Provider.chosen(), Provider.reason());
  }

  /** Time that passes only when work or a rest says so. */
  private static final class Simulated implements Training.Clock {
    private long now;
    private int rests;

    @Override
    public long nanos() {
      return now;
    }

    @Override
    public void rest() {
      now += 20_000_000;
      rests++;
    }

    Runnable work(long nanos) {
      return () -> now += nanos;
    }
  }

  private static Training training(Runnable plain, Runnable vector, Simulated clock) {
    return new Training(plain, vector, () -> {}, 1, new AtomicLong(), clock);
  }

  @Test
  void trainingEndsWhenTheVectorTwinWins() {
    Simulated clock = new Simulated();
    int[] runs = {0};
    // A thousand times slower until it is compiled.
    Runnable vector = () -> clock.work(runs[0]++ < 300 ? 1_000_000 : 500).run();
    Training training = training(clock.work(1_000), vector, clock);
    assertFalse(training.isReady(0), "the plain twin is used until then");
    assertTrue(training.compile());
    assertTrue(training.isReady(0));
    assertEquals(305, runs[0], "it ends with the first batch that wins");
  }

  @Test
  void aTwinThatIsAsFastIsCompiled() {
    Simulated clock = new Simulated();
    Training training = training(clock.work(1_000), clock.work(1_000), clock);
    assertTrue(training.compile());
    assertTrue(training.isReady(0));
  }

  @Test
  void aTwinThatNeverWinsIsGivenUp() throws InterruptedException {
    Simulated clock = new Simulated();
    Training training = training(clock.work(1_000), clock.work(2_000), clock);
    boolean ended = training.compile();
    assertFalse(ended, "it may win yet");
    while (!ended) {
      training.rest();
      ended = training.poll();
    }
    assertFalse(training.isReady(0));
    assertTrue(clock.rests > 1_000 && clock.nanos() < 61_000_000_000L, clock.nanos() + " ns");
  }

  @Test
  void whatASetHasDoneLetsEachLoopInUseBegin() {
    AtomicLong together = new AtomicLong();
    Training first = Training.of(() -> {}, () -> {}, () -> {}, 1, together);
    Training second = Training.of(() -> {}, () -> {}, () -> {}, 1, together);
    first.isReady(Training.WORTHWHILE);
    assertTrue(first.hasBegun());
    assertFalse(second.hasBegun(), "a loop that nobody uses is not compiled");
    second.isReady(1);
    assertTrue(second.hasBegun());
  }

  @Test
  void whatTheCompilerTakesLongForIsLessUrgent() {
    Training loop =
        new Training(() -> {}, () -> {}, () -> {}, 1, new AtomicLong(), new Simulated());
    Training set = new Training(() -> {}, () -> {}, () -> {}, 8, new AtomicLong(), new Simulated());
    loop.isReady(100);
    set.isReady(400);
    assertTrue(loop.urgency() > set.urgency());
    set.isReady(800);
    assertTrue(loop.urgency() < set.urgency());
  }

  @Test
  void trainingBeginsWhenThePlainTwinHasDoneEnough() throws InterruptedException {
    CountDownLatch runs = new CountDownLatch(1);
    Runnable plain =
        () -> {
          runs.countDown();
          LockSupport.parkNanos(1_000_000);
        };
    Training training = Training.of(plain, () -> {}, () -> {}, 1);
    training.isReady(Training.WORTHWHILE - 1);
    assertFalse(training.hasBegun(), "a process that does little waits for no compiler");
    training.isReady(1);
    assertTrue(training.hasBegun());
    runs.await();
  }

  @Test
  void muchWorkWaitsUntilTheVectorTwinIsCompiled() {
    AtomicInteger runs = new AtomicInteger();
    // The plain twin takes a millisecond; the vector one wins with its first batch.
    Training training =
        Training.of(
            () -> {
              runs.incrementAndGet();
              LockSupport.parkNanos(1_000_000);
            },
            () -> {},
            () -> {},
            1);
    training.expect(Training.WORTHWHILE);
    assertEquals(0, runs.get(), "little work does not wait");
    training.expect(Training.WORTH_WAITING);
    assertTrue(training.isReady(1));
    assertTrue(runs.get() > 0);
  }
}
