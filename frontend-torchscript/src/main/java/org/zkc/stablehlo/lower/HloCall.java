package org.zkc.stablehlo.lower;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.zkc.ir.DType;
import org.zkc.ir.Location;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.UserException;
import org.zkc.stablehlo.program.Block;
import org.zkc.stablehlo.program.HloAttribute;
import org.zkc.stablehlo.program.HloType;
import org.zkc.stablehlo.program.HloValue;
import org.zkc.stablehlo.program.Operation;
import org.zkc.torchscript.lower.Binding;
import org.zkc.torchscript.lower.FunctionWriter;
import org.zkc.torchscript.schema.StaticTypes;

/** One operation while it is lowered: operands, attributes, and the function that is written. */
final class HloCall {
  /** Elements of a value that is written out though it repeats fewer. */
  private static final long MOST_REPEATED = 1L << 24;

  /** The same along one dimension. */
  private static final long MOST_ALONG = 1L << 21;

  private final Operation operation;
  private final List<Held> operands;
  private final BlockLowering block;
  private final Location at;
  private final int order;

  HloCall(Operation operation, List<Held> operands, BlockLowering block, Location at) {
    this.order = block.module().operations();
    this.operation = operation;
    this.operands = List.copyOf(operands);
    this.block = block;
    this.at = at;
  }

  /** The same call by another name, with other attributes. */
  HloCall as(String name, Map<String, HloAttribute> attributes) {
    Operation other =
        new Operation(
            name,
            operation.operands(),
            operation.results(),
            attributes,
            List.of(),
            operation.location());
    return new HloCall(other, operands, block, at);
  }

  /** The same call on other operands, with results of other types. */
  HloCall on(List<Held> others, List<HloValue> results) {
    Operation other =
        new Operation(
            operation.name(),
            operation.operands(),
            results,
            operation.attributes(),
            operation.regions(),
            operation.location());
    return new HloCall(other, others, block, at);
  }

  /** The place among all operations: an operation comes after those of its operands. */
  int order() {
    return order;
  }

  Operation operation() {
    return operation;
  }

  /** The block that the operation stands in, for operations with regions and calls. */
  BlockLowering block() {
    return block;
  }

  FunctionWriter writer() {
    return block.writer();
  }

  Location location() {
    return at;
  }

  /** See {@link ModuleLowering#counts}. */
  boolean counts(long elements) {
    return block.module().counts(elements);
  }

  /** The operation that a value is the result of; of calls, the one inside. */
  Optional<HloCall> definition(Held value) {
    return block.module().definition(value.binding());
  }

  /** Whether a result is the tensor of an operand. */
  boolean handsOn(Held result) {
    return operands.stream().anyMatch(o -> o.binding() == result.binding());
  }

  /** Whether this is a call of the operation. */
  boolean isOf(String name) {
    return operation.name().equals(name);
  }

  /** A refusal at the operation. */
  UserException refused(String reason) {
    return new UserException(at, "%s: %s".formatted(operation.name(), reason));
  }

  int operandCount() {
    return operands.size();
  }

  /** The operands as they are held. */
  List<Held> operands() {
    return operands;
  }

  /** An operand as it is held. */
  Held operand(int index) {
    if (index >= operands.size()) {
      throw refused("it has %d operands, too few".formatted(operands.size()));
    }
    return operands.get(index);
  }

  /** The tensor of an operand, of the operand's own shape. */
  Binding whole(int index) {
    return whole(operand(index));
  }

  /**
   * The tensor of a value, of the value's own shape.
   *
   * @throws UserException when it repeats what is held to more than 2^24 elements, or 2^21 along a
   *     dimension, for which a proof has no room: a text of a few words may ask for any number
   */
  Binding whole(Held value) {
    if (value.isWhole()) {
      return value.binding();
    }
    if (value.type().elementCount() > MOST_REPEATED) {
      throw refused(
          "it reads %s, which repeats fewer elements, and more than %d cannot be proved"
              .formatted(value.type().text(), MOST_REPEATED));
    }
    if (value.type().extents().stream().anyMatch(n -> n > MOST_ALONG)) {
      throw refused(
          "it reads %s, which repeats fewer elements, and more than %d along a dimension cannot be proved"
              .formatted(value.type().text(), MOST_ALONG));
    }
    return aten("expand", value.binding(), value.type().extents());
  }

  HloType.TensorOf type(int index) {
    return operand(index).type();
  }

  /** The type of a result, whose extents must be known. */
  HloType.TensorOf resultType(int index) {
    if (index < operation.results().size()
        && operation.results().get(index).type() instanceof HloType.TensorOf tensor) {
      if (!tensor.isStatic()) {
        throw refused(
            "%s has extents that are not known; export with fixed shapes".formatted(tensor.text()));
      }
      return tensor;
    }
    throw refused("result %d is no tensor".formatted(index));
  }

  /** The operation's only result: a tensor of the result's own shape. */
  Held result(Binding binding) {
    return Held.whole(binding, resultType(0));
  }

  /** The operation's only result, which is an operand with another element type. */
  Held unchanged(Held x) {
    HloType.TensorOf type = resultType(0);
    if (!type.extents().equals(x.type().extents())) {
      throw refused("%s is made of %s".formatted(type.text(), x.type().text()));
    }
    return new Held(x.binding(), x.extents(), type, x.number());
  }

  /** The operation's only result, held with other extents. */
  Held result(Binding binding, List<Long> extents) {
    HloType.TensorOf type = resultType(0);
    if (type.rank() != extents.size()) {
      throw refused(
          "it makes %d dimensions, and its result is %s".formatted(extents.size(), type.text()));
    }
    return new Held(binding, extents, type);
  }

  Optional<HloAttribute> attribute(String name) {
    return operation.attribute(name);
  }

  HloAttribute required(String name) {
    return attribute(name)
        .orElseThrow(() -> refused("the attribute %s is missing".formatted(name)));
  }

  /** A list of integers. */
  List<Long> integers(String name) {
    return integersOr(name)
        .orElseThrow(() -> refused("the attribute %s is missing".formatted(name)));
  }

  /** A list of integers, or as many times a default value. */
  List<Long> integers(String name, int count, long otherwise) {
    List<Long> values = integersOr(name).orElse(Collections.nCopies(count, otherwise));
    if (values.size() != count) {
      throw refused("%s has %d values instead of %d".formatted(name, values.size(), count));
    }
    return values;
  }

  private Optional<List<Long>> integersOr(String name) {
    return attribute(name)
        .map(a ->
            switch (a) {
              case HloAttribute.IntegerArray array -> array.values();
              case HloAttribute.IntegerValue _,
                  HloAttribute.RealValue _,
                  HloAttribute.BooleanValue _,
                  HloAttribute.StringValue _,
                  HloAttribute.ListValue _,
                  HloAttribute.Dictionary _,
                  HloAttribute.Dense _,
                  HloAttribute.RealArray _,
                  HloAttribute.EnumCase _,
                  HloAttribute.DotDimensions _,
                  HloAttribute.GatherDimensions _,
                  HloAttribute.ScatterDimensions _,
                  HloAttribute.ConvolutionDimensions _,
                  HloAttribute.Structured _,
                  HloAttribute.SymbolReference _,
                  HloAttribute.TypeValue _,
                  HloAttribute.Unit _,
                  HloAttribute.Opaque _ ->
                  throw refused("the attribute %s is no list of integers".formatted(name));
            });
  }

  long integer(String name) {
    if (required(name) instanceof HloAttribute.IntegerValue value) {
      return value.value();
    }
    throw refused("the attribute %s is no integer".formatted(name));
  }

  long integer(String name, long otherwise) {
    return attribute(name).isPresent() ? integer(name) : otherwise;
  }

  /** A dimension that an attribute names, within the rank. */
  int dimension(String name, int rank) {
    return dimension(integer(name), rank);
  }

  int dimension(long dimension, int rank) {
    if (dimension < 0 || dimension >= rank) {
      throw refused("there is no dimension %d among %d".formatted(dimension, rank));
    }
    return (int) dimension;
  }

  boolean flag(String name) {
    return attribute(name).orElse(null) instanceof HloAttribute.BooleanValue value && value.value();
  }

  /** The word of an enumeration. */
  Optional<String> word(String name) {
    return attribute(name)
        .map(a -> {
          if (a instanceof HloAttribute.EnumCase word) {
            return word.word();
          }
          throw refused("the attribute %s is no word".formatted(name));
        });
  }

  Block region(int index) {
    if (index >= operation.regions().size()) {
      throw refused("it has %d regions, too few".formatted(operation.regions().size()));
    }
    return operation.regions().get(index);
  }

  /**
   * A call of an ATen operator with one result; see {@link #argument} for what arguments may be.
   */
  Binding aten(String operator, Object... arguments) {
    List<Binding> bindings = new ArrayList<>();
    for (Object argument : arguments) {
      bindings.add(argument(argument));
    }
    return writer().call("aten." + operator, bindings, hint(), at);
  }

  /** A call of an operator that has StableHLO's meaning and its operation's name. */
  Binding own(String operator, Object... arguments) {
    List<Binding> bindings = Stream.of(arguments).map(this::argument).toList();
    return writer().call("stablehlo." + operator, bindings, hint(), at);
  }

  /** A call of an overload with one result whose element type is stated. */
  Binding atenTyped(String operator, String overload, DType dtype, Object... arguments) {
    return atenNamed(operator, overload, Map.of("dtype", dtype), arguments);
  }

  /** A call of an overload with one result, with arguments by their names after the others. */
  Binding atenNamed(
      String operator, String overload, Map<String, Object> named, Object... arguments) {
    return call(operator, overload, named, arguments).getFirst();
  }

  /** A call of an overload with several results. */
  List<Binding> atenAll(String operator, String overload, Object... arguments) {
    return call(operator, overload, Map.of(), arguments);
  }

  private List<Binding> call(
      String operator, String overload, Map<String, Object> named, Object... arguments) {
    List<Binding> positional = new ArrayList<>();
    for (Object argument : arguments) {
      positional.add(argument(argument));
    }
    Map<String, Binding> keywords = new HashMap<>();
    named.forEach((name, value) -> keywords.put(name, argument(value)));
    return writer().call("aten." + operator, overload, positional, keywords, hint(), at);
  }

  /**
   * A binding itself, None for an empty optional, a number or truth value, a list of numbers or
   * tensors.
   */
  private Binding argument(Object argument) {
    return switch (argument) {
      case Binding binding -> binding;
      case Long value -> Binding.Literal.of((long) value);
      case Integer value -> Binding.Literal.of((long) value);
      case Double value -> Binding.Literal.of((double) value);
      case Boolean value -> Binding.Literal.of((boolean) value);
      case String text -> Binding.Literal.of(text);
      case DType dtype -> Binding.Literal.of(ElementTypes.atenNumber(dtype));
      case Optional<?> maybe -> maybe.isPresent() ? argument(maybe.get()) : Binding.Literal.NONE;
      case List<?> list -> {
        List<Binding> elements = list.stream().map(this::argument).toList();
        boolean tensors =
            !elements.isEmpty() && elements.stream().allMatch(e -> e instanceof Binding.Dynamic);
        boolean reals =
            !tensors
                && elements.stream()
                    .anyMatch(e -> FunctionWriter.typeOf(e).equals(StaticTypes.FLOAT));
        yield writer()
            .list(
                tensors ? StaticTypes.TENSOR : reals ? StaticTypes.FLOAT : StaticTypes.INT,
                elements,
                at);
      }
      default -> throw new IllegalArgumentException(argument + " is no argument");
    };
  }

  private String hint() {
    String name = operation.results().isEmpty() ? "x" : operation.results().getFirst().name();
    return Character.isDigit(name.charAt(0)) ? "v" + name : name;
  }

  /** A constant. */
  Binding constant(TensorData data) {
    return block.constant(data, at);
  }

  /** A constant of 64-bit integers. */
  Binding constant(List<Long> extents, long[] values) {
    return constant(TensorData.ofLongs(DType.I64, shape(extents), values));
  }

  /**
   * The shape of extents.
   *
   * @throws UserException when they are no shape that can be held
   */
  Shape shape(List<Long> extents) {
    return block.shape(extents, at);
  }

  /** The element type of a tensor that is proved. */
  DType dtype(HloType.TensorOf type) {
    return type.element()
        .dtype()
        .orElseThrow(() ->
            refused(
                "tensors of %s cannot be proved; integers of 8, 16, 32 and 64 bits, i1, f16, bf16, f32 and f64 can"
                    .formatted(type.element().text())));
  }
}
