package org.zkc.gkr.prove;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.zkc.gkr.circuit.Circuit;
import org.zkc.gkr.circuit.InvalidCircuit;
import org.zkc.gkr.circuit.Relation;
import org.zkc.gkr.circuit.RoundedQuotient;

/** The circuits that attacks run over contain every relation, and quotients of either sign. */
class RelationsCoveredTest {
  private static final Set<Class<?>> ALL = Set.of(Relation.class.getPermittedSubclasses());

  private static Set<Class<?>> kinds(List<Circuit> circuits) {
    return circuits.stream()
        .flatMap(c -> c.relations().stream())
        .map(Relation::getClass)
        .collect(Collectors.toSet());
  }

  @Test
  void smallCircuitsContainAllRelations() {
    assertEquals(
        ALL,
        kinds(List.of(SmallCircuits.values()).stream().map(k -> k.build(1).circuit()).toList()));
  }

  @Test
  void randomCircuitsContainAllRelations() {
    Set<Class<?>> found = new HashSet<>();
    boolean negative = false;
    int built = 0;
    for (long seed = 7000; built < 40; seed++) {
      Circuit circuit;
      try {
        circuit = RandomCircuits.of(seed).circuit();
      } catch (InvalidCircuit valuesGrowTooLarge) {
        continue;
      }
      built++;
      found.addAll(kinds(List.of(circuit)));
      negative |=
          circuit.relations().stream().anyMatch(r -> r instanceof RoundedQuotient q && q.low() < 0);
    }
    assertEquals(ALL, found);
    assertTrue(negative, "quotients of either sign");
  }
}
