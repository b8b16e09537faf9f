package org.zkc.stablehlo.program;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * An operation, of pretty or generic text alike.
 *
 * @param name with its dialect, {@code stablehlo.add}; {@code func.call} and {@code func.return}
 *     where the text leaves the dialect out
 * @param attributes attributes and properties by the names of the generic form; see the package
 * @param regions one block each, in the order of the generic form
 */
public record Operation(
    String name,
    List<HloValue> operands,
    List<HloValue> results,
    Map<String, HloAttribute> attributes,
    List<Block> regions,
    HloLocation location) {
  public Operation {
    Objects.requireNonNull(name);
    operands = List.copyOf(operands);
    results = List.copyOf(results);
    attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
    regions = List.copyOf(regions);
    Objects.requireNonNull(location);
  }

  public Optional<HloAttribute> attribute(String key) {
    return Optional.ofNullable(attributes.get(key));
  }
}
