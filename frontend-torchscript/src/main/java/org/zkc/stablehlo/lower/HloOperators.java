package org.zkc.stablehlo.lower;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.zkc.stablehlo.program.HloAttribute;

/** The operations that are lowered, by their names in the text. */
public final class HloOperators {
  private static final SortedMap<String, HloOperator> ALL =
      joined(
          List.of(
              ArithmeticOperations.TABLE,
              LogicOperations.TABLE,
              BitOperations.TABLE,
              FunctionOperations.TABLE,
              NumberFormatOperations.TABLE,
              QuantizedOperations.TABLE,
              ConstantOperations.TABLE,
              ComplexOperations.TABLE,
              TriangularOperations.TABLE,
              KnownShapeOperations.TABLE,
              ShapeOperations.TABLE,
              ContractionOperations.TABLE,
              ReductionOperations.TABLE,
              ControlOperations.TABLE,
              ForeignCallOperations.TABLE,
              SpecialFunctionOperations.TABLE,
              ConvolutionOperations.TABLE,
              WindowOperations.TABLE,
              SelectAndScatterOperations.TABLE,
              GatherOperations.TABLE,
              ScatterOperations.TABLE,
              DynamicOperations.TABLE,
              SortOperations.TABLE,
              NormalizationOperations.TABLE));

  private HloOperators() {}

  /** The names of all operations that are lowered, in order. */
  public static List<String> names() {
    return List.copyOf(ALL.keySet());
  }

  static Optional<HloOperator> find(String name) {
    return Optional.ofNullable(ALL.get(name));
  }

  /**
   * The results of the operation of CHLO that a composite or a call of foreign code names.
   *
   * @param attributes the attribute that holds the operation's
   */
  static Optional<List<Held>> named(HloCall call, String name, String attributes) {
    Map<String, HloAttribute> given =
        call.attribute(attributes).orElse(null) instanceof HloAttribute.Dictionary dictionary
            ? dictionary.entries()
            : Map.of();
    HloCall operation = call.as(name, given);
    return find(name)
        .map(o -> {
          List<Held> results = o.lower(operation);
          results.forEach(r -> call.block().module().define(r, operation));
          return results;
        });
  }

  private static SortedMap<String, HloOperator> joined(List<Map<String, HloOperator>> tables) {
    SortedMap<String, HloOperator> out = new TreeMap<>();
    for (Map<String, HloOperator> table : tables) {
      table.forEach((name, operator) -> {
        if (out.put(name, operator) != null) {
          throw new IllegalStateException(name + " is in two tables");
        }
      });
    }
    return out;
  }
}
