package org.zkc.gkr.prove;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.zkc.gkr.circuit.CircuitBuilder;
import org.zkc.gkr.circuit.InvalidCircuit;
import org.zkc.gkr.circuit.Relation;
import org.zkc.gkr.circuit.TensorDeclaration.Role;
import org.zkc.gkr.failure.VerificationFailure;

/**
 * A wrong element of every sum and product of circuits, and all that follows from it, by a prover
 * whose every sumcheck ends as it must: the lie goes from claim to claim as far as what is
 * committed or public, whatever the relations on the way, and must be seen there.
 */
class AgreeingEndsTest {
  @TempDir Path directory;

  private int carried;

  private void lies(CircuitBuilder builder, String where, long seed) throws Exception {
    try (WeakProof weak = new WeakProof(builder, directory)) {
      AgreeingEnds honest = new AgreeingEnds(weak, weak.honest, 0);
      assertNull(weak.rejection(weak.honest, honest), where);
      assertEquals(0, honest.changed(), where + ": the honest ends agree");
      Random random = new Random(seed);
      for (Relation r : weak.circuit.circuit().relations()) {
        if (r.role() != Role.VIRTUAL) {
          continue;
        }
        for (int end = 0; end < 2; end++) {
          lie(weak, r, end, random, where + ", " + r.label() + " of tensor " + r.result());
        }
      }
    }
  }

  private void lie(WeakProof weak, Relation relation, int end, Random random, String where) {
    int[] elements = weak.honest[relation.result()].clone();
    int at = random.nextInt(elements.length);
    elements[at] += random.nextBoolean() ? 1 : -1;
    int[][] all;
    AgreeingEnds values;
    String why;
    try {
      all = weak.withTensor(relation.result(), elements);
      values = new AgreeingEnds(weak, all, end);
      why = weak.rejection(all, values);
    } catch (VerificationFailure
        | IndexOutOfBoundsException
        | IllegalArgumentException
        | ArithmeticException noSuchProof) {
      // Outside a table, an interval or the integers.
      return;
    }
    if (why == null) {
      // An element that no output depends on may be anything.
      for (int o : weak.circuit.circuit().outputs()) {
        assertArrayEquals(weak.honest[o], all[o], where + ", element " + at);
      }
    } else if (values.changed() > 0
        && (why.contains("witness batch ending") || why.contains("model merge ending"))) {
      carried++;
    }
  }

  @ParameterizedTest
  @EnumSource(SmallCircuits.class)
  void isSeenAtTheLatestWhereThingsAreOpened(SmallCircuits kind) throws Exception {
    lies(kind.build(1), kind.name(), 1);
  }

  @Test
  void isSeenInRandomCircuits() throws Exception {
    int built = 0;
    for (long seed = 7000; built < 40; seed++) {
      CircuitBuilder builder;
      try {
        builder = RandomCircuits.of(seed);
      } catch (InvalidCircuit valuesGrowTooLarge) {
        continue;
      }
      lies(builder, "seed " + seed, seed);
      built++;
    }
    assertTrue(carried > 40, carried + " lies that reached an opening are few");
  }
}
