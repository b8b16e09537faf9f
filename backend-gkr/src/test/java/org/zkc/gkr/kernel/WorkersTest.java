package org.zkc.gkr.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class WorkersTest {
  @Test
  void everyPieceRunsOnce() {
    for (int threads : new int[] {1, 3}) {
      try (Workers workers = Workers.of(threads)) {
        assertEquals(threads, workers.threads());
        int[] runs = new int[100];
        workers.forEach(100, k -> runs[k]++);
        for (int count : runs) {
          assertEquals(1, count);
        }
      }
    }
  }

  @Test
  void aFailureReachesTheCaller() {
    for (int threads : new int[] {1, 3}) {
      try (Workers workers = Workers.of(threads)) {
        assertThrows(
            IllegalStateException.class,
            () ->
                workers.forEach(
                    10,
                    k -> {
                      throw new IllegalStateException("piece " + k);
                    }));
      }
    }
  }

  @Test
  void batchesFollowEachOther() throws InterruptedException {
    try (Workers workers = Workers.of(4)) {
      for (int round = 0; round < 300; round++) {
        AtomicInteger sum = new AtomicInteger();
        workers.forEach(7, k -> sum.addAndGet(1 << k));
        assertEquals(127, sum.get());
        if (round % 100 == 99) {
          // Long enough for the helpers to fall asleep.
          Thread.sleep(5);
        }
      }
    }
  }

  @Test
  void aPieceMayHandOutPieces() {
    try (Workers workers = Workers.of(3)) {
      AtomicInteger count = new AtomicInteger();
      workers.forEach(5, k -> workers.forEach(4, j -> count.incrementAndGet()));
      assertEquals(20, count.get());
    }
  }

  @Test
  void afterAFailureOthersRun() {
    try (Workers workers = Workers.of(3)) {
      assertThrows(
          ArithmeticException.class,
          () ->
              workers.forEach(
                  100,
                  k -> {
                    throw new ArithmeticException();
                  }));
      AtomicInteger count = new AtomicInteger();
      workers.forEach(10, k -> count.incrementAndGet());
      assertEquals(10, count.get());
    }
  }

  @Test
  void piecesCoverARangeOnce() {
    for (int threads : new int[] {1, 2, 5}) {
      try (Workers workers = Workers.of(threads)) {
        for (int count : new int[] {0, 1, 255, 256, 257, 5000, 100_001}) {
          for (int least : new int[] {1, 10, 300, 4096}) {
            AtomicIntegerArray met = new AtomicIntegerArray(count);
            workers.forEachPiece(
                count,
                least,
                (from, to) -> {
                  for (int k = from; k < to; k++) {
                    met.incrementAndGet(k);
                  }
                });
            for (int k = 0; k < count; k++) {
              assertEquals(1, met.get(k));
            }
          }
        }
      }
    }
  }
}
