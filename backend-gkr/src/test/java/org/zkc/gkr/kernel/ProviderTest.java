package org.zkc.gkr.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ProviderTest {
  @Test
  void testsRunWithTheVectorModule() {
    assertEquals(Provider.VECTOR, Provider.chosen(), Provider.reason());
  }

  @Test
  void trainingEndsWhenTheVectorTwinWins() {
    Training training = Training.of(() -> spin(200_000), () -> spin(1_000));
    assertFalse(training.isDone(), "the plain twin is used until then");
    Training.awaitAll();
    assertTrue(training.isDone());
  }

  private static void spin(long nanos) {
    long end = System.nanoTime() + nanos;
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }
}
