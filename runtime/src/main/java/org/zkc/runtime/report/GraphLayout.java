package org.zkc.runtime.report;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Places the nodes of an acyclic graph in ranks from top to bottom. A node's rank is the length of
 * the longest path to it, its column that of its nearest source where free, else the next to the
 * right. Edges to the next rank go straight; longer ones run down in lanes to the right of all
 * nodes they pass, so that no edge crosses a node. Linear in nodes and edges, but for searching
 * free columns and lanes.
 */
final class GraphLayout {
  static final int NODE_WIDTH = 184;
  static final int NODE_HEIGHT = 44;
  private static final int GAP = 30;
  private static final int COLUMN_GAP = 18;
  private static final int MARGIN = 10;
  private static final int LANE = 7;
  private static final int CORNER = 5;

  /** A way down beside the nodes of some ranks. */
  private record Lane(BitSet ranks) {}

  private final List<List<Integer>> sources;
  private final int[] rank;
  private final int[] column;

  /** Columns in use, by rank. */
  private final List<BitSet> taken = new ArrayList<>();

  private final List<Lane> lanes = new ArrayList<>();
  private int rightmost;

  /**
   * @param sources for each node, the earlier nodes that it reads
   */
  GraphLayout(List<List<Integer>> sources) {
    this.sources = sources;
    rank = new int[sources.size()];
    column = new int[sources.size()];
    for (int node = 0; node < rank.length; node++) {
      place(node);
    }
  }

  private void place(int node) {
    int nearest = -1;
    for (int source : sources.get(node)) {
      rank[node] = Math.max(rank[node], rank[source] + 1);
      nearest = nearest < 0 || rank[source] > rank[nearest] ? source : nearest;
    }
    while (taken.size() <= rank[node]) {
      taken.add(new BitSet());
    }
    BitSet row = taken.get(rank[node]);
    column[node] = row.nextClearBit(nearest < 0 ? 0 : column[nearest]);
    row.set(column[node]);
    rightmost = Math.max(rightmost, x(node) + NODE_WIDTH);
  }

  int x(int node) {
    return MARGIN + column[node] * (NODE_WIDTH + COLUMN_GAP);
  }

  int y(int node) {
    return MARGIN + rank[node] * (NODE_HEIGHT + GAP);
  }

  /** All edges, by target, then source; to be called before {@link #width}. */
  List<Page.Edge> edges() {
    List<Page.Edge> edges = new ArrayList<>();
    for (int node = 0; node < rank.length; node++) {
      for (int source : sources.get(node)) {
        edges.add(new Page.Edge(source, node, path(source, node)));
      }
    }
    return edges;
  }

  int width() {
    return rightmost + MARGIN;
  }

  int height() {
    return 2 * MARGIN + taken.size() * (NODE_HEIGHT + GAP) - GAP;
  }

  private String path(int from, int to) {
    int x1 = x(from) + NODE_WIDTH / 2;
    int x2 = x(to) + NODE_WIDTH / 2;
    int y1 = y(from) + NODE_HEIGHT;
    int y2 = y(to);
    if (rank[to] == rank[from] + 1) {
      return x1 == x2
          ? "M%d %dV%d".formatted(x1, y1, y2)
          : "M%d %dC%d %d %d %d %d %d".formatted(x1, y1, x1, y1 + GAP, x2, y2 - GAP, x2, y2);
    }
    int lane = laneX(rank[from] + 1, rank[to] - 1);
    int top = y1 + GAP / 3;
    int bottom = y2 - GAP / 2;
    int back = x2 < lane ? -CORNER : CORNER;
    return "M%d %dV%dq0 %d %d %dH%dq%d 0 %d %dV%dq0 %d %d %dH%dq%d 0 %d %dV%d"
        .formatted(
            x1,
            y1,
            top - CORNER,
            CORNER,
            CORNER,
            CORNER,
            lane - CORNER,
            CORNER,
            CORNER,
            CORNER,
            bottom - CORNER,
            CORNER,
            back,
            CORNER,
            x2 - back,
            back,
            back,
            CORNER,
            y2);
  }

  /** A lane that is free beside these ranks; it is taken from now on. */
  private int laneX(int first, int last) {
    int right = 0;
    for (int r = first; r <= last; r++) {
      right = Math.max(right, taken.get(r).length());
    }
    int index = 0;
    while (index < lanes.size() && !isFree(lanes.get(index), first, last)) {
      index++;
    }
    if (index == lanes.size()) {
      lanes.add(new Lane(new BitSet()));
    }
    lanes.get(index).ranks().set(first, last + 1);
    int x = MARGIN + right * (NODE_WIDTH + COLUMN_GAP) + index * LANE;
    rightmost = Math.max(rightmost, x);
    return x;
  }

  private static boolean isFree(Lane lane, int first, int last) {
    int next = lane.ranks().nextSetBit(first);
    return next < 0 || next > last;
  }
}
