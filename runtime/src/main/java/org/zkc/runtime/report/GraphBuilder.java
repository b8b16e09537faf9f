package org.zkc.runtime.report;

import java.util.ArrayList;
import java.util.List;

/** Gathers nodes in an order in which each comes after those that it reads, and places them. */
final class GraphBuilder {
  private record Node(int layer, String title, String subtitle, Page.Tone tone, double share) {}

  private final List<Node> nodes = new ArrayList<>();
  private final List<List<Integer>> sources = new ArrayList<>();

  /**
   * Adds a node.
   *
   * @param from the nodes it reads
   * @return its index
   */
  int node(
      int layer, String title, String subtitle, Page.Tone tone, double share, List<Integer> from) {
    nodes.add(new Node(layer, title, subtitle, tone, share));
    sources.add(List.copyOf(from));
    return nodes.size() - 1;
  }

  /** Adds an input or output of the model. */
  int port(String title, String subtitle, List<Integer> from) {
    return node(0, title, subtitle, Page.Tone.PORT, 0, from);
  }

  Page.Graph build() {
    GraphLayout layout = new GraphLayout(sources);
    List<Page.Edge> edges = layout.edges();
    List<Page.Node> placed = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      Node n = nodes.get(i);
      placed.add(
          new Page.Node(
              n.layer(), n.title(), n.subtitle(), n.tone(), n.share(), layout.x(i), layout.y(i)));
    }
    return new Page.Graph(layout.width(), layout.height(), placed, edges);
  }
}
