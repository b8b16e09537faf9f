package org.zkc.gkr.kernel;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class TrainerTest {
  /** Whoever waits for a training would wait for ever where the trainer has ended. */
  @Test
  void aTrainerThatFailsKeepsNobodyWaiting() {
    Trainer trainer = new Trainer();
    Training failing =
        Training.of(
            () -> {},
            () -> {
              throw new ArithmeticException("a twin that fails");
            },
            () -> {},
            1);
    Training behind = Training.of(() -> {}, () -> {}, () -> {}, 1);
    Training late = Training.of(() -> {}, () -> {}, () -> {}, 1);
    trainer.schedule(failing);
    trainer.schedule(behind);
    assertThrows(ArithmeticException.class, trainer::work);
    assertTrue(failing.hasEnded());
    assertTrue(behind.hasEnded());
    assertFalse(failing.isReady(1));
    trainer.schedule(late);
    assertTrue(late.hasEnded());
  }
}
