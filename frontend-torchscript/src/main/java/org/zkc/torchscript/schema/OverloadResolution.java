package org.zkc.torchscript.schema;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.zkc.ir.TorchType;

/**
 * Chooses an operator's overload from static argument types alone, as PyTorch's loader does:
 * schemas are tried in the registry's order, first without conversions, then with Tensor and number
 * converted to the scalar that is wanted.
 */
public final class OverloadResolution {

  /** The conversion of an actual argument to the formal one. */
  public enum Conversion {
    NONE,
    /** A tensor of one element read as int, float or number: {@code aten.IntImplicit}, ... */
    TENSOR_TO_INT,
    TENSOR_TO_FLOAT,
    TENSOR_TO_NUMBER,
    /** A {@code number} known to be an int or a float. */
    NUMBER_TO_INT,
    NUMBER_TO_FLOAT,
    /** An int literal in float position: integral floats print without a dot. */
    INT_TO_FLOAT,
    BOOL_TO_NUMBER,
    STRING_TO_DEVICE,
    /** {@code (1, 2)} for {@code int[]}. */
    TUPLE_TO_LIST,
    /** {@code 1} for {@code int[2]}. */
    REPLICATE
  }

  /** The origin of a formal argument's value. */
  public sealed interface Source {
    /** The i-th actual: positional ones first, then keywords. */
    record Actual(int index, Conversion conversion) implements Source {}

    record Default(String text) implements Source {}
  }

  /**
   * A resolved call.
   *
   * @param sources one per argument of the schema
   * @param further actuals beyond them, of a variadic schema
   * @param resultTypes with type variables replaced
   */
  public record Resolved(
      OperatorSchema schema,
      List<Source> sources,
      List<Integer> further,
      List<TorchType> resultTypes) {}

  private OverloadResolution() {}

  /**
   * The first overload that accepts the arguments, or empty.
   *
   * @param positional types of positional arguments
   * @param keywords types of keyword arguments by name, in order
   */
  public static Optional<Resolved> resolve(
      List<OperatorSchema> overloads, List<TorchType> positional, Map<String, TorchType> keywords) {
    for (boolean convert : new boolean[] {false, true}) {
      for (OperatorSchema schema : overloads) {
        Optional<Resolved> match = match(schema, positional, keywords, convert);
        if (match.isPresent()) {
          return match;
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<Resolved> match(
      OperatorSchema schema,
      List<TorchType> positional,
      Map<String, TorchType> keywords,
      boolean convert) {
    Map<String, TorchType> variables = new HashMap<>();
    List<String> keywordNames = List.copyOf(keywords.keySet());
    Set<String> unused = new HashSet<>(keywordNames);
    List<Source> sources = new ArrayList<>();
    int next = 0;
    for (SchemaArgument formal : schema.arguments()) {
      TorchType actual;
      int index;
      if (!formal.keywordOnly() && next < positional.size()) {
        index = next;
        actual = positional.get(next++);
      } else if (unused.remove(formal.name())) {
        index = positional.size() + keywordNames.indexOf(formal.name());
        actual =
            Objects.requireNonNull(
                keywords.get(formal.name()), "unused has names of keywords only");
      } else if (formal.defaultText().isPresent()) {
        sources.add(new Source.Default(formal.defaultText().get()));
        continue;
      } else {
        return Optional.empty();
      }
      Optional<Conversion> conversion = conversion(actual, formal, variables, convert);
      if (conversion.isEmpty()) {
        return Optional.empty();
      }
      sources.add(new Source.Actual(index, conversion.get()));
    }
    if (!unused.isEmpty() || (next < positional.size() && !schema.variadic())) {
      return Optional.empty();
    }
    List<Integer> further = new ArrayList<>();
    for (int i = next; i < positional.size(); i++) {
      further.add(i);
    }
    List<TorchType> results =
        schema.results().stream().map(r -> StaticTypes.substitute(r.type(), variables)).toList();
    return Optional.of(new Resolved(schema, sources, further, results));
  }

  private static Optional<Conversion> conversion(
      TorchType actual, SchemaArgument formal, Map<String, TorchType> variables, boolean convert) {
    TorchType wanted = formal.type();
    if (StaticTypes.isSubtype(actual, wanted, variables)) {
      return Optional.of(Conversion.NONE);
    }
    TorchType bare = StaticTypes.isOptional(wanted) ? StaticTypes.argument(wanted, 0) : wanted;
    if (StaticTypes.isList(bare)) {
      TorchType element = StaticTypes.argument(bare, 0);
      if (formal.replication() > 0 && StaticTypes.isSubtype(actual, element, variables)) {
        return Optional.of(Conversion.REPLICATE);
      }
      if (StaticTypes.isGeneric(actual, "Tuple")
          && ((TorchType.Generic) actual)
              .arguments().stream().allMatch(a -> StaticTypes.isSubtype(a, element, variables))) {
        return Optional.of(Conversion.TUPLE_TO_LIST);
      }
      return Optional.empty();
    }
    return convert ? scalarConversion(actual, bare) : Optional.empty();
  }

  private static Optional<Conversion> scalarConversion(TorchType actual, TorchType wanted) {
    boolean wantsInt = wanted.equals(StaticTypes.INT);
    boolean wantsFloat = wanted.equals(StaticTypes.FLOAT);
    boolean wantsNumber = wanted.equals(StaticTypes.NUMBER);
    Conversion found = null;
    if (actual.equals(StaticTypes.TENSOR)) {
      found =
          wantsInt
              ? Conversion.TENSOR_TO_INT
              : wantsFloat
                  ? Conversion.TENSOR_TO_FLOAT
                  : wantsNumber ? Conversion.TENSOR_TO_NUMBER : null;
    } else if (actual.equals(StaticTypes.NUMBER)) {
      found = wantsInt ? Conversion.NUMBER_TO_INT : wantsFloat ? Conversion.NUMBER_TO_FLOAT : null;
    } else if (actual.equals(StaticTypes.INT) && wantsFloat) {
      found = Conversion.INT_TO_FLOAT;
    } else if (actual.equals(StaticTypes.BOOL) && wantsNumber) {
      found = Conversion.BOOL_TO_NUMBER;
    } else if (actual.equals(StaticTypes.STRING) && wanted.equals(StaticTypes.DEVICE)) {
      found = Conversion.STRING_TO_DEVICE;
    }
    return Optional.ofNullable(found);
  }
}
