package org.zkc.runtime.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

final class ProgressDisplayTest {
  private static final String CLEAR = "\r\u001b[K";

  private final StringWriter shown = new StringWriter();
  private final PrintWriter err = new PrintWriter(shown);

  /** The clock may redraw the line at any time, and its seconds depend on the machine. */
  private static String lastLine(String shown) {
    String[] draws = shown.split(CLEAR.replace("[", "\\["), -1);
    return draws[draws.length - 1].replaceAll("\\d+:\\d\\d", "m:ss");
  }

  @Test
  void aBarIsRedrawnInPlaceAndRemoved() {
    try (ProgressDisplay bar = new ProgressDisplay.Bar(err)) {
      bar.report("lookups", 0.5);
      assertEquals(
          " 50%% [%s%s] m:ss lookups".formatted("=".repeat(15), " ".repeat(15)),
          lastLine(shown.toString()));
      bar.report("relations", 7);
      assertEquals(
          "100%% [%s] m:ss relations".formatted("=".repeat(30)), lastLine(shown.toString()));
    }
    String whole = shown.toString();
    assertTrue(whole.endsWith(CLEAR) && !whole.contains("\n"), whole);
  }

  @Test
  void nothingIsDrawnAfterTheEnd() {
    ProgressDisplay bar = new ProgressDisplay.Bar(err);
    bar.report("lookups", 0.5);
    bar.close();
    String closed = shown.toString();
    bar.report("relations", 1);
    bar.close();
    assertEquals(closed, shown.toString());
  }

  @Test
  void linesNameEachStageOnce() {
    try (ProgressDisplay lines = ProgressDisplay.of(ProgressMode.PLAIN, err)) {
      lines.report("lookups", 0.25);
      lines.report("lookups", 0.5);
      lines.report("relations", 0.75);
    }
    assertEquals(" 25 % lookups\n 75 % relations\n", shown.toString());
  }
}
