package org.zkc.runtime.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class GraphLayoutTest {
  /** The way down of an edge that passes nodes: first the way across to it, last the way back. */
  private static final Pattern LANE = Pattern.compile("M(\\d+) (\\d+)V.*?H(\\d+).*?V(\\d+).*");

  @Test
  void aChainIsStraight() {
    GraphLayout layout = new GraphLayout(List.of(List.of(), List.of(0), List.of(1)));
    assertEquals(layout.x(0), layout.x(2));
    assertTrue(layout.y(0) < layout.y(1) && layout.y(1) < layout.y(2));
    assertTrue(layout.edges().getFirst().path().matches("M\\d+ \\d+V\\d+"));
  }

  @Test
  void branchesStandSideBySide() {
    GraphLayout layout = new GraphLayout(List.of(List.of(), List.of(0), List.of(0), List.of(1, 2)));
    assertEquals(layout.y(1), layout.y(2));
    assertFalse(layout.x(1) == layout.x(2));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void nothingOverlapsAndNoLongEdgeCrossesANode(long seed) {
    Random random = new Random(seed);
    int count = 60;
    List<List<Integer>> sources = new ArrayList<>();
    for (int node = 0; node < count; node++) {
      Set<Integer> own = new HashSet<>();
      for (int k = random.nextInt(3); k > 0 && node > 0; k--) {
        own.add(node - 1 - random.nextInt(Math.min(node, 12)));
      }
      sources.add(own.stream().sorted().toList());
    }
    GraphLayout layout = new GraphLayout(sources);
    Set<String> places = new HashSet<>();
    for (int node = 0; node < count; node++) {
      assertTrue(places.add(layout.x(node) + " " + layout.y(node)), "seed " + seed);
      for (int source : sources.get(node)) {
        assertTrue(layout.y(source) < layout.y(node), "seed " + seed);
      }
    }
    List<Page.Edge> edges = layout.edges();
    assertEquals(sources.stream().mapToInt(List::size).sum(), edges.size());
    int lanes = 0;
    for (Page.Edge edge : edges) {
      Matcher m = LANE.matcher(edge.path());
      if (!m.matches()) {
        continue;
      }
      lanes++;
      int x = Integer.parseInt(m.group(3));
      int from = Integer.parseInt(m.group(2));
      int to = Integer.parseInt(m.group(4));
      assertTrue(x < layout.width(), "seed " + seed);
      for (int node = 0; node < count; node++) {
        boolean beside = layout.y(node) > from && layout.y(node) + GraphLayout.NODE_HEIGHT < to;
        assertFalse(
            beside && layout.x(node) <= x && x <= layout.x(node) + GraphLayout.NODE_WIDTH,
            "seed %d: edge %s crosses node %d".formatted(seed, edge, node));
      }
    }
    assertTrue(lanes > 0, "seed " + seed);
  }
}
