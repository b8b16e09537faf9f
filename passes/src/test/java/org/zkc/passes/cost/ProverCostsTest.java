package org.zkc.passes.cost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringReader;
import java.util.EnumMap;
import java.util.Properties;
import org.junit.jupiter.api.Test;

final class ProverCostsTest {
  @Test
  void everyKindOfWorkHasAFittedCostAndEveryStageOneThatIsNotZero() {
    for (String stage : Work.stages()) {
      assertTrue(
          Work.of(stage).stream().anyMatch(w -> ProverCosts.FITTED.of(w) > 0),
          stage + " costs nothing");
    }
  }

  @Test
  void theTextHoldsEveryCost() throws Exception {
    Properties read = new Properties();
    read.load(new StringReader(ProverCosts.FITTED.text()));
    assertEquals(Work.values().length, read.size());
    assertEquals(
        ProverCosts.FITTED.of(Work.LEAF),
        Double.parseDouble(read.getProperty("lookups.leaf")),
        1e-3 * ProverCosts.FITTED.of(Work.LEAF));
  }

  @Test
  void costsMissingOrNegativeAreRefused() {
    EnumMap<Work, Double> units = new EnumMap<>(Work.class);
    assertThrows(IllegalArgumentException.class, () -> new ProverCosts(units));
    for (Work work : Work.values()) {
      units.put(work, 1.0);
    }
    assertEquals(3, new ProverCosts(units).of(Work.LEAF, 3));
    units.put(Work.LEAF, -1.0);
    assertThrows(IllegalArgumentException.class, () -> new ProverCosts(units));
    units.put(Work.LEAF, Double.NaN);
    assertThrows(IllegalArgumentException.class, () -> new ProverCosts(units));
  }
}
