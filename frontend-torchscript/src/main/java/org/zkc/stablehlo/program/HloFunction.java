package org.zkc.stablehlo.program;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A function.
 *
 * @param symbol without the at sign
 * @param isPrivate whether other functions of the module alone may call it
 * @param body empty for a declaration; its block's arguments are those of {@code arguments}
 */
public record HloFunction(
    String symbol,
    boolean isPrivate,
    List<Argument> arguments,
    List<Result> results,
    Map<String, HloAttribute> attributes,
    Optional<Block> body,
    HloLocation location) {

  /**
   * An argument. Exporters that keep weights beside the text name the weight by the location's
   * name, {@code loc("states[0]")}.
   */
  public record Argument(
      HloValue value, Map<String, HloAttribute> attributes, HloLocation location) {
    public Argument {
      Objects.requireNonNull(value);
      attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
      Objects.requireNonNull(location);
    }
  }

  /** A result, with attributes such as {@code jax.result_info}. */
  public record Result(HloType type, Map<String, HloAttribute> attributes) {
    public Result {
      Objects.requireNonNull(type);
      attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
    }
  }

  public HloFunction {
    Objects.requireNonNull(symbol);
    arguments = List.copyOf(arguments);
    results = List.copyOf(results);
    attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
    Objects.requireNonNull(body);
    Objects.requireNonNull(location);
  }
}
