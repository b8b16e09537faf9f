package org.zkc.ir;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** Removal of ops whose results are never read, in one backward pass. */
public final class DeadOps {
  private DeadOps() {}

  /**
   * The function without dead ops in its body; an op without results (an exception), or holding
   * one, stays.
   */
  public static Function remove(Function function) {
    Set<Value> live = Collections.newSetFromMap(new IdentityHashMap<>());
    live.addAll(function.results());
    List<Op> kept = new ArrayList<>();
    for (Op op : function.body().reversed()) {
      if (mayRaise(op) || op.definitions().stream().anyMatch(live::contains)) {
        kept.add(op);
        read(op, live);
      }
    }
    Collections.reverse(kept);
    return new Function(
        function.name(),
        new Region(function.parameters(), kept, function.results()),
        function.location());
  }

  private static boolean mayRaise(Op op) {
    return op.definitions().isEmpty()
        || OpSpec.of(op).regions(op).stream()
            .anyMatch(r -> r.body().stream().anyMatch(DeadOps::mayRaise));
  }

  private static void read(Op op, Set<Value> live) {
    live.addAll(op.operands());
    for (Region region : OpSpec.of(op).regions(op)) {
      live.addAll(region.results());
      region.body().forEach(o -> read(o, live));
    }
  }
}
