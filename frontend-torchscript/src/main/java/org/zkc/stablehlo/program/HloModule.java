package org.zkc.stablehlo.program;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A module. Functions that stand in no module of the text are those of a module without a name.
 *
 * @param functions no two of one symbol
 * @param others top-level operations that are no functions, such as {@code sdy.mesh}
 * @param modules modules inside this one, in order
 */
public record HloModule(
    Optional<String> symbol,
    Map<String, HloAttribute> attributes,
    List<HloFunction> functions,
    List<Operation> others,
    List<HloModule> modules,
    HloLocation location) {
  public HloModule {
    Objects.requireNonNull(symbol);
    attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
    functions = List.copyOf(functions);
    others = List.copyOf(others);
    modules = List.copyOf(modules);
    Objects.requireNonNull(location);
  }

  /** The function of a symbol. */
  public Optional<HloFunction> function(String name) {
    return functions.stream().filter(f -> f.symbol().equals(name)).findFirst();
  }
}
