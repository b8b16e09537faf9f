package org.zkc.ir;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The definitions and readers of a function's values, those in nested regions included; one pass
 * over the function gathers them.
 */
public final class Uses {
  private final Map<Value, Op> definitions = new IdentityHashMap<>();
  private final Map<Value, List<Op>> users = new IdentityHashMap<>();
  private final Map<Value, Integer> yields = new IdentityHashMap<>();

  private Uses() {}

  public static Uses of(Function function) {
    Uses uses = new Uses();
    uses.visit(function.region());
    return uses;
  }

  private void visit(Region region) {
    for (Op op : region.body()) {
      op.definitions().forEach(v -> definitions.put(v, op));
      op.operands().forEach(v -> users.computeIfAbsent(v, k -> new ArrayList<>(2)).add(op));
      OpSpec.of(op).regions(op).forEach(this::visit);
    }
    region.results().forEach(v -> yields.merge(v, 1, Integer::sum));
  }

  /** The op that defines the value; empty for parameters. */
  public Optional<Op> definition(Value value) {
    return Optional.ofNullable(definitions.get(value));
  }

  /** Ops that read the value, in order, one entry per reading. */
  public List<Op> users(Value value) {
    return users.getOrDefault(value, List.of());
  }

  /** Readings by ops and as a result of a region together. */
  public int count(Value value) {
    return users(value).size() + yields.getOrDefault(value, 0);
  }

  /** Whether a region of the function yields the value. */
  public boolean isYielded(Value value) {
    return yields.containsKey(value);
  }
}
