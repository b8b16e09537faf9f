package org.zkc.runtime.cost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zkc.passes.cost.ProverCosts;
import org.zkc.passes.cost.Work;

final class MachineCostsTest {
  @TempDir Path cache;

  private static MachineRates times(double factor) {
    Map<String, Double> rates = new HashMap<>();
    for (String stage : Work.stages()) {
      double own = stage.equals("lookups") ? 3 * factor : factor;
      rates.put(stage, own * MachineCosts.reference().nanoseconds().getOrDefault(stage, 0.0));
    }
    return new MachineRates(rates);
  }

  @Test
  void timesAreCarriedStageByStageAndBytesAreNot() {
    ProverCosts carried = times(2).carry(ProverCosts.FITTED, MachineCosts.reference());
    for (Work work : Work.values()) {
      double factor = work.isMemory() ? 1 : work.stage().equals("lookups") ? 6 : 2;
      double expected = factor * ProverCosts.FITTED.of(work);
      assertEquals(expected, carried.of(work), 1e-9 * expected, work.label());
    }
  }

  @Test
  void ratesAreWrittenAndRead() {
    MachineRates rates = times(1.7);
    MachineRates read = MachineRates.of(rates.text());
    rates
        .nanoseconds()
        .forEach((stage, rate) ->
            assertEquals(rate, read.nanoseconds().getOrDefault(stage, 0.0), 1e-3 * rate, stage));
    for (String text :
        List.of(
            "",
            "lookups = 1",
            "no properties \\u",
            rates.text() + "lookups = x",
            rates.text() + "lookups = 0",
            rates.text() + "lookups = NaN")) {
      assertThrows(IllegalArgumentException.class, () -> MachineRates.of(text), text);
    }
  }

  @Test
  void ofTwoMeasurementsTheLowerRatesCount() {
    MachineRates fast = times(1);
    assertEquals(fast, fast.least(times(2)));
    assertEquals(fast, times(2).least(fast));
  }

  /** Nothing is read or measured but where the launcher allows it. */
  @Test
  void theLauncherAllowsIt() throws Exception {
    MachineCosts none = MachineCosts.read(cache);
    none.measure();
    assertFalse(none.isMeasured());
    assertSame(ProverCosts.FITTED, none.costs());
    assertEquals(0, count());
    System.setProperty(MachineCosts.PROPERTY, "machine");
    try {
      MachineCosts.read(cache).measure();
      if (count() == 1) {
        System.setProperty(MachineCosts.PROPERTY, "read");
        MachineCosts reader = MachineCosts.read(cache);
        assertTrue(reader.isMeasured() && reader.isSettled());
        reader.measure();
        assertTrue(MachineCosts.read(cache).text().contains("measured once"));
        System.setProperty(MachineCosts.PROPERTY, "machine");
        MachineCosts once = MachineCosts.read(cache);
        assertTrue(once.isMeasured() && !once.isSettled());
        assertTrue(once.text().contains("measured once"), once.text());
        try (var files = Files.list(cache)) {
          Path file = files.findFirst().orElseThrow();
          String slow = times(1e6).text();
          Files.writeString(file, "# measured 2\n" + slow);
          MachineCosts.read(cache).measure();
          MachineCosts settled = MachineCosts.read(cache);
          assertTrue(settled.isSettled() && settled.text().contains("measured 3 times"));
          String kept = Files.readString(file);
          assertFalse(kept.contains(slow.lines().toList().getLast()), kept);
        }
        try (var files = Files.list(cache)) {
          Files.writeString(files.findFirst().orElseThrow(), "no rates");
        }
      }
      // As if it were not there.
      assertFalse(MachineCosts.read(cache).isMeasured());
    } finally {
      System.clearProperty(MachineCosts.PROPERTY);
    }
  }

  private long count() throws Exception {
    try (var files = Files.list(cache)) {
      return files.count();
    }
  }
}
