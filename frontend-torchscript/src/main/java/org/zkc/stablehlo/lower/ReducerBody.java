package org.zkc.stablehlo.lower;

import java.util.List;
import java.util.Optional;
import org.zkc.stablehlo.program.Block;
import org.zkc.stablehlo.program.HloAttribute;
import org.zkc.stablehlo.program.HloValue;
import org.zkc.stablehlo.program.Operation;

/** The functions that exporters write as bodies of reductions. */
enum ReducerBody {
  SUM,
  PRODUCT,
  MAXIMUM,
  MINIMUM,
  AND,
  OR,
  /** The second of its arguments, as the body of a scatter that overwrites. */
  SECOND,
  /** The greater of two pairs (value, index), the lower index where they are equal. */
  ARGUMENT_OF_MAXIMUM,
  /** The lesser of two pairs (value, index), the lower index where they are equal. */
  ARGUMENT_OF_MINIMUM;

  /**
   * The function of a body of two arguments, or of four: values and indices, and again values and
   * indices.
   */
  static Optional<ReducerBody> of(HloCall call) {
    return of(call, 0);
  }

  /** The function of the body in one of several regions. */
  static Optional<ReducerBody> of(HloCall call, int region) {
    Block body = call.region(region);
    if (body.arguments().size() == 4) {
      return PairReducer.of(body, ScalarBody.constants(call));
    }
    if (body.arguments().size() != 2 || body.operations().isEmpty()) {
      return Optional.empty();
    }
    HloValue left = body.arguments().getFirst();
    HloValue right = body.arguments().getLast();
    List<Operation> operations = body.operations();
    List<HloValue> returned = operations.getLast().operands();
    if (returned.size() != 1) {
      return Optional.empty();
    }
    if (operations.size() == 1) {
      return returned.getFirst() == right ? Optional.of(SECOND) : Optional.empty();
    }
    Operation operation = operations.getFirst();
    if (operations.size() != 2
        || operation.results().size() != 1
        || returned.getFirst() != operation.results().getFirst()
        || operation.operands().size() != 2
        || !operation.operands().contains(left)
        || !operation.operands().contains(right)) {
      return Optional.empty();
    }
    return ofOperation(operation.name());
  }

  private static Optional<ReducerBody> ofOperation(String name) {
    return switch (name) {
      case "stablehlo.add" -> Optional.of(SUM);
      case "stablehlo.multiply" -> Optional.of(PRODUCT);
      case "stablehlo.maximum" -> Optional.of(MAXIMUM);
      case "stablehlo.minimum" -> Optional.of(MINIMUM);
      case "stablehlo.and" -> Optional.of(AND);
      case "stablehlo.or" -> Optional.of(OR);
      default -> Optional.empty();
    };
  }

  /** The word of a comparison, {@code GT}. */
  static Optional<String> direction(Operation compare) {
    return compare
        .attribute("comparison_direction")
        .filter(HloAttribute.EnumCase.class::isInstance)
        .map(a -> ((HloAttribute.EnumCase) a).word());
  }
}
