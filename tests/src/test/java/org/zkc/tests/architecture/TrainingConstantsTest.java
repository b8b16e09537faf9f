package org.zkc.tests.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Field;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zkc.gkr.kernel.Training;
import org.zkc.ir.kernel.LoopChoice;

/** Two modules that may not know each other wait for compiled vector loops by one rule. */
final class TrainingConstantsTest {
  @ParameterizedTest
  @ValueSource(strings = {"PATIENCE_NANOS", "COMPILING_RUNS", "POLL_MILLIS", "RUNS"})
  void bothModulesUseTheSame(String name) throws ReflectiveOperationException {
    assertEquals(value(Training.class, name), value(LoopChoice.class, name));
  }

  private static Object value(Class<?> owner, String name) throws ReflectiveOperationException {
    Field field = owner.getDeclaredField(name);
    field.setAccessible(true);
    return field.get(null);
  }
}
