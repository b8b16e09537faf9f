package org.zkc.gkr.relation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.zkc.gkr.circuit.CheckedCircuit;
import org.zkc.gkr.circuit.CircuitCheck;
import org.zkc.gkr.circuit.InvalidCircuit;
import org.zkc.gkr.prove.RandomCircuits;
import org.zkc.gkr.prove.SmallCircuits;

/** The check, which bounds lookups, counts those that are proved. */
final class LookupCountTest {
  private static void assertCounted(CheckedCircuit checked, String name) {
    ConstraintSystem system = ConstraintSystem.of(checked);
    long proved =
        IntStream.range(0, checked.circuit().relations().size()).mapToLong(system::lookedUp).sum();
    assertEquals(proved, checked.lookups(), name);
  }

  @ParameterizedTest
  @EnumSource
  void ofEveryRelation(SmallCircuits circuit) {
    assertCounted(CircuitCheck.check(circuit.build(1).circuit()), circuit.name());
  }

  @Test
  void ofRandomCircuits() {
    long lookups = 0;
    for (long seed = 0; seed < 200; seed++) {
      CheckedCircuit checked;
      try {
        checked = CircuitCheck.check(RandomCircuits.of(seed).circuit());
      } catch (InvalidCircuit tooLarge) {
        continue;
      }
      assertCounted(checked, "seed " + seed);
      lookups += checked.lookups();
    }
    assertTrue(lookups > 10_000, "the circuits look up too little: " + lookups);
  }
}
