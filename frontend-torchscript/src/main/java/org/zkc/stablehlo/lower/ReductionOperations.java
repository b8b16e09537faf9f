package org.zkc.stablehlo.lower;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.zkc.ir.DType;
import org.zkc.stablehlo.program.Block;
import org.zkc.stablehlo.program.HloType;
import org.zkc.stablehlo.program.HloValue;
import org.zkc.stablehlo.program.Operation;
import org.zkc.torchscript.lower.Binding;

/**
 * Reductions over dimensions (StableHLO specification, "reduce"). Bodies are recognised; the order
 * in which a body meets the elements is free, so that sums of floating-point numbers differ in
 * their last bits from one implementation to the next.
 */
final class ReductionOperations {
  static final Map<String, HloOperator> TABLE =
      Map.of("stablehlo.reduce", ReductionOperations::reduce);

  private ReductionOperations() {}

  private static List<Held> reduce(HloCall call) {
    int inputs = call.operandCount() / 2;
    List<Integer> dimensions = new ArrayList<>();
    for (long d : call.integers("dimensions")) {
      dimensions.add(call.dimension(d, call.type(0).rank()));
    }
    if (dimensions.stream().distinct().count() != dimensions.size()) {
      throw call.refused("a dimension is reduced twice");
    }
    Optional<ReducerBody> recognised = ReducerBody.of(call);
    if (recognised.isEmpty()) {
      return apart(call).orElseGet(() -> new BodyFold(call).over(dimensions));
    }
    ReducerBody body = recognised.orElseThrow();
    return switch (body) {
      case ARGUMENT_OF_MAXIMUM, ARGUMENT_OF_MINIMUM -> argument(call, body, dimensions);
      case SUM, PRODUCT, MAXIMUM, MINIMUM, AND, OR -> {
        if (inputs != 1 || call.operandCount() != 2) {
          throw call.refused(
              "its body takes two arguments, and it has %d inputs".formatted(inputs));
        }
        if ((body == ReducerBody.AND || body == ReducerBody.OR)
            && !ElementTypes.isBoolean(call.type(0))) {
          yield new BodyFold(call).over(dimensions);
        }
        yield List.of(call.result(fold(call, body, dimensions)));
      }
      case SECOND -> throw call.refused("its body is no reduction");
    };
  }

  /**
   * Several inputs, each of which the body reduces by itself in a known way: a reduction each;
   * empty for other bodies.
   */
  private static Optional<List<Held>> apart(HloCall call) {
    Operation operation = call.operation();
    Block body = call.region(0);
    int inputs = call.operandCount() / 2;
    List<HloValue> returned = body.operations().getLast().operands();
    if (body.arguments().size() != 2 * inputs || returned.size() != inputs) {
      throw call.refused("its body does not fit its %d inputs".formatted(inputs));
    }
    if (inputs == 1) {
      return Optional.empty();
    }
    List<Held> out = new ArrayList<>();
    for (int i = 0; i < inputs; i++) {
      HloValue result = returned.get(i);
      List<Operation> own = new ArrayList<>();
      body.operations().stream().filter(o -> o.results().contains(result)).forEach(own::add);
      own.add(
          new Operation(
              "stablehlo.return",
              List.of(result),
              List.of(),
              Map.of(),
              List.of(),
              operation.location()));
      Operation each =
          new Operation(
              operation.name(),
              List.of(operation.operands().get(i), operation.operands().get(inputs + i)),
              List.of(operation.results().get(i)),
              operation.attributes(),
              List.of(
                  new Block(
                      List.of(body.arguments().get(i), body.arguments().get(inputs + i)), own)),
              operation.location());
      List<Held> operands = List.of(call.operand(i), call.operand(inputs + i));
      HloCall single = new HloCall(each, operands, call.block(), call.location());
      if (ReducerBody.of(single).isEmpty()) {
        return Optional.empty();
      }
      out.addAll(reduce(single));
    }
    return Optional.of(out);
  }

  private static Binding fold(HloCall call, ReducerBody body, List<Integer> dimensions) {
    HloType.TensorOf type = call.type(0);
    boolean truth = ElementTypes.isBoolean(type);
    Binding x = call.whole(0);
    if (dimensions.isEmpty()) {
      return initial(call, body, x, truth);
    }
    long elements =
        dimensions.stream().map(d -> type.extents().get(d)).reduce(1L, Math::multiplyExact);
    if (elements == 0) {
      return call.aten("expand", call.operand(1).binding(), call.resultType(0).extents());
    }
    Binding result =
        switch (body) {
          case SUM -> truth ? any(call, x, dimensions) : sum(call, x, dimensions);
          case PRODUCT -> truth ? all(call, x, dimensions) : product(call, x, dimensions);
          case MAXIMUM ->
              truth ? any(call, x, dimensions) : call.aten("amax", x, dimensions, false);
          case MINIMUM ->
              truth ? all(call, x, dimensions) : call.aten("amin", x, dimensions, false);
          case AND -> all(call, x, dimensions);
          case OR -> any(call, x, dimensions);
          case SECOND, ARGUMENT_OF_MAXIMUM, ARGUMENT_OF_MINIMUM -> throw new AssertionError(body);
        };
    return initial(call, body, result, truth);
  }

  private static Binding sum(HloCall call, Binding x, List<Integer> dimensions) {
    DType dtype = call.dtype(call.type(0));
    return dtype.isFloating()
        ? call.aten("sum", x, dimensions, false)
        : call.atenTyped("sum", "dim_IntList", dtype, x, dimensions, false);
  }

  private static Binding product(HloCall call, Binding x, List<Integer> dimensions) {
    DType dtype = call.dtype(call.type(0));
    Binding out = x;
    for (int d : descending(dimensions)) {
      out =
          dtype.isFloating()
              ? call.aten("prod", out, d, false)
              : call.atenTyped("prod", "dim_int", dtype, out, d, false);
    }
    return out;
  }

  private static Binding any(HloCall call, Binding x, List<Integer> dimensions) {
    Binding out = x;
    for (int d : descending(dimensions)) {
      out = call.aten("any", out, d, false);
    }
    return out;
  }

  private static Binding all(HloCall call, Binding x, List<Integer> dimensions) {
    Binding out = x;
    for (int d : descending(dimensions)) {
      out = call.aten("all", out, d, false);
    }
    return out;
  }

  private static List<Integer> descending(List<Integer> dimensions) {
    List<Integer> out = new ArrayList<>(dimensions);
    out.sort(Collections.reverseOrder());
    return out;
  }

  /** The reduction of the result with the initial value, which is most often neutral. */
  private static Binding initial(HloCall call, ReducerBody body, Binding x, boolean truth) {
    Held start = call.operand(1);
    if (start.number().filter(n -> isNeutral(n, body, call.dtype(start.type()))).isPresent()) {
      return x;
    }
    Binding s = start.binding();
    return switch (body) {
      case SUM -> call.aten(truth ? "logical_or" : "add", x, s);
      case PRODUCT -> call.aten(truth ? "logical_and" : "mul", x, s);
      case MAXIMUM -> call.aten(truth ? "logical_or" : "maximum", x, s);
      case MINIMUM -> call.aten(truth ? "logical_and" : "minimum", x, s);
      case AND -> call.aten(truth ? "logical_and" : "bitwise_and", x, s);
      case OR -> call.aten(truth ? "logical_or" : "bitwise_or", x, s);
      case SECOND, ARGUMENT_OF_MAXIMUM, ARGUMENT_OF_MINIMUM -> throw new AssertionError(body);
    };
  }

  /** Whether a number changes no result of the body. */
  static boolean isNeutral(Binding.Literal number, ReducerBody body, DType dtype) {
    String text = number.text();
    if (dtype == DType.I1) {
      boolean high =
          switch (body) {
            case PRODUCT, MINIMUM, AND -> true;
            case SUM, MAXIMUM, OR, SECOND, ARGUMENT_OF_MAXIMUM, ARGUMENT_OF_MINIMUM -> false;
          };
      return text.equals(high ? "True" : "False");
    }
    if (dtype.isFloating()) {
      return switch (body) {
        case SUM -> text.equals("0.0") || text.equals("-0.0");
        case PRODUCT -> text.equals("1.0");
        case MAXIMUM -> text.equals("-inf");
        case MINIMUM -> text.equals("inf");
        case AND, OR, SECOND, ARGUMENT_OF_MAXIMUM, ARGUMENT_OF_MINIMUM -> false;
      };
    }
    long value = Long.parseLong(text);
    return switch (body) {
      case SUM, OR -> value == 0;
      case PRODUCT -> value == 1;
      case AND -> value == -1;
      case MAXIMUM -> !dtype.holds(value - 1) || value == Long.MIN_VALUE;
      case MINIMUM -> !dtype.holds(value + 1) || value == Long.MAX_VALUE;
      case SECOND, ARGUMENT_OF_MAXIMUM, ARGUMENT_OF_MINIMUM -> false;
    };
  }

  /** The extremum along a dimension, and where it stands first: indices must count from 0. */
  private static List<Held> argument(HloCall call, ReducerBody body, List<Integer> dimensions) {
    if (call.operandCount() != 4 || dimensions.size() != 1) {
      throw call.refused("a maximum with its index is taken along one dimension");
    }
    int d = dimensions.getFirst();
    boolean greatest = body == ReducerBody.ARGUMENT_OF_MAXIMUM;
    Held indices = call.operand(1);
    if (!Definitions.isIota(call, indices, d)) {
      throw call.refused("the indices that it reduces are no iota of dimension %d".formatted(d));
    }
    Binding x = call.whole(0);
    Binding value = call.aten(greatest ? "amax" : "amin", x, List.of(d), false);
    Binding index = call.aten(greatest ? "argmax" : "argmin", x, d, false);
    DType dtype = call.dtype(indices.type());
    return List.of(
        Held.whole(value, call.resultType(0)),
        Held.whole(dtype == DType.I64 ? index : call.aten("to", index, dtype), call.resultType(1)));
  }
}
