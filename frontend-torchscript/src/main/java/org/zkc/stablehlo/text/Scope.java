package org.zkc.stablehlo.text;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.antlr.v4.runtime.Token;
import org.jspecify.annotations.Nullable;
import org.zkc.stablehlo.program.HloValue;

/**
 * The values that are visible in a block by their names: its own, and those of blocks around it.
 */
final class Scope {
  private final SourceText source;
  private final @Nullable Scope outer;
  private final Map<String, List<HloValue>> values = new HashMap<>();

  private Scope(SourceText source, @Nullable Scope outer) {
    this.source = source;
    this.outer = outer;
  }

  /** The scope of a function's body, which sees no values around it. */
  static Scope isolated(SourceText source) {
    return new Scope(source, null);
  }

  Scope inner() {
    return new Scope(source, this);
  }

  /** Defines a value, or several of one name that uses tell apart by number. */
  void define(Token name, List<HloValue> defined) {
    String text = name.getText();
    if (text.indexOf('#') >= 0) {
      throw source.fault(
          name, "%s cannot be defined".formatted(text), "define the name without a number");
    }
    for (Scope scope = this; scope != null; scope = scope.outer) {
      if (scope.values.containsKey(text)) {
        throw source.fault(
            name, "the value %s is defined twice".formatted(text), "give the values two names");
      }
    }
    values.put(text, defined);
  }

  /** The value that a use names, {@code %x} or {@code %x#1}. */
  HloValue use(Token use) {
    String text = use.getText();
    int hash = text.indexOf('#');
    String name = hash < 0 ? text : text.substring(0, hash);
    for (Scope scope = this; scope != null; scope = scope.outer) {
      List<HloValue> found = scope.values.get(name);
      if (found != null) {
        int index = hash < 0 ? 0 : index(use, text.substring(hash + 1));
        if (index >= found.size()) {
          throw source.fault(
              use,
              "%s has %d values, there is no %s".formatted(name, found.size(), text),
              "use one that there is");
        }
        return found.get(index);
      }
    }
    throw source.fault(
        use,
        "the value %s is not defined before this use".formatted(name),
        "define it in this block or one around it");
  }

  private int index(Token use, String digits) {
    try {
      return Integer.parseInt(digits);
    } catch (NumberFormatException e) {
      throw source.fault(use, "this is no number of a value", "write a smaller number");
    }
  }
}
