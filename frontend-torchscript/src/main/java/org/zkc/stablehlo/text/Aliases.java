package org.zkc.stablehlo.text;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;

/**
 * Names for things that a text says once, {@code #loc3} or {@code !t}. A definition may follow its
 * uses. A definition is read at its first use, and all uses share the result: aliases of aliases
 * that would unfold to more than memory holds cost no more than their text.
 *
 * @param <C> the definition as it was parsed
 * @param <T> what it stands for
 */
final class Aliases<C extends ParserRuleContext, T> {
  private final SourceText source;
  private final Map<String, C> definitions;
  private final Weight weight;
  private final Map<String, Known<T>> known = new HashMap<>();
  private final Set<String> open = new HashSet<>();

  private record Known<T>(T value, long weight) {}

  /** Counts what was read, so that the unfolded size of an alias is known without unfolding. */
  static final class Weight {
    private long count;

    void add(long more) {
      count += more;
    }
  }

  Aliases(SourceText source, Map<String, C> definitions, Weight weight) {
    this.source = source;
    this.definitions = definitions;
    this.weight = weight;
  }

  /**
   * The thing that a name stands for; empty where the name is not defined.
   *
   * @param use for messages
   */
  Optional<T> resolve(String name, Token use, Function<C, T> reading) {
    Known<T> before = known.get(name);
    if (before != null) {
      weight.add(before.weight());
      return Optional.of(before.value());
    }
    C definition = definitions.get(name);
    if (definition == null) {
      return Optional.empty();
    }
    if (!open.add(name)) {
      throw source.fault(
          use, "the alias %s refers to itself".formatted(name), "define it without itself");
    }
    if (open.size() > TextLimits.MAX_ALIAS_CHAIN) {
      throw source.fault(
          use,
          "more than %d aliases lead from one to the next".formatted(TextLimits.MAX_ALIAS_CHAIN),
          "write the program without them");
    }
    long start = weight.count;
    T value = reading.apply(definition);
    open.remove(name);
    long size = weight.count - start;
    if (size > TextLimits.MAX_ALIAS_SIZE) {
      throw source.fault(
          use,
          "the alias %s stands for more than %d types and attributes"
              .formatted(name, TextLimits.MAX_ALIAS_SIZE),
          "write the program without aliases of aliases");
    }
    known.put(name, new Known<>(value, size));
    return Optional.of(value);
  }
}
