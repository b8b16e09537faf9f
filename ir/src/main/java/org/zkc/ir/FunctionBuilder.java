package org.zkc.ir;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A function under construction: parameters first, then ops in order, then {@link #build}. Time and
 * memory are linear in what is added.
 */
public final class FunctionBuilder implements OpAppender {
  private final String name;
  private final Location location;
  private final List<Value> parameters = new ArrayList<>();
  private final List<Op> body = new ArrayList<>();
  private final Map<String, Integer> nextSuffix = new HashMap<>();

  public FunctionBuilder(String name, Location location) {
    this.name = Objects.requireNonNull(name);
    this.location = Objects.requireNonNull(location);
  }

  /** A new parameter, after those there are. */
  public Value parameter(String hint, Type type) {
    Value value = fresh(hint, type);
    parameters.add(value);
    return value;
  }

  /** Takes over a value of another function as parameter, identity kept. */
  public Value parameter(Value value) {
    parameters.add(value);
    return value;
  }

  /**
   * A new value that no op defines yet; its name is {@code hint}, or {@code hint_1}, {@code
   * hint_2}, ...
   */
  @Override
  public Value fresh(String hint, Type type) {
    int suffix = nextSuffix.merge(hint, 1, Integer::sum) - 1;
    return new Value(suffix == 0 ? hint : hint + "_" + suffix, type);
  }

  /** Appends an op as it is. */
  public <T extends Op> T append(T op) {
    body.add(Objects.requireNonNull(op));
    return op;
  }

  @Override
  public Value value(Op op) {
    append(op);
    List<Value> results = op.definitions();
    if (results.size() != 1) {
      throw new IllegalArgumentException(
          OpSpec.of(op).mnemonic() + " has " + results.size() + " results, not one");
    }
    return results.getFirst();
  }

  /** The parameters so far. */
  public List<Value> parameters() {
    return List.copyOf(parameters);
  }

  /** The finished function. */
  public Function build(List<Value> results) {
    return new Function(name, new Region(parameters, body, results), location);
  }
}
