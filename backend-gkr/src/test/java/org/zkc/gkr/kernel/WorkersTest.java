package org.zkc.gkr.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

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
}
