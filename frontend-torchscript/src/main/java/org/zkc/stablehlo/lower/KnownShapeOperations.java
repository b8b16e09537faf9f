package org.zkc.stablehlo.lower;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.stablehlo.program.HloAttribute;
import org.zkc.stablehlo.program.HloElementType;
import org.zkc.stablehlo.program.HloType;
import org.zkc.torchscript.lower.Binding;

/**
 * Operations whose shapes are operands, where these are constants and the result's type states the
 * resulting shape (StableHLO specification, "dynamic_broadcast_in_dim" to "dynamic_reshape",
 * "get_dimension_size", "real_dynamic_slice", "dynamic_conv"), "map", and CHLO's arithmetic with
 * broadcasting.
 */
final class KnownShapeOperations {
  /** CHLO's operations that broadcast, each by the operation of StableHLO that it ends in. */
  private static final List<String> BROADCASTING =
      List.of(
          "add",
          "and",
          "atan2",
          "complex",
          "divide",
          "maximum",
          "minimum",
          "multiply",
          "or",
          "power",
          "remainder",
          "select",
          "shift_left",
          "shift_right_arithmetic",
          "shift_right_logical",
          "subtract",
          "xor");

  static final Map<String, HloOperator> TABLE = table();

  /** A number for each dimension. */
  private static final int MOST_NUMBERS = 64;

  private KnownShapeOperations() {}

  private static Map<String, HloOperator> table() {
    Map<String, HloOperator> out = new HashMap<>();
    out.put("stablehlo.dynamic_reshape", c -> plain(c, "reshape", c.operation().attributes()));
    out.put(
        "stablehlo.dynamic_broadcast_in_dim",
        c -> plain(c, "broadcast_in_dim", c.operation().attributes()));
    out.put("stablehlo.dynamic_iota", c -> plain(c, "iota", c.operation().attributes()));
    out.put(
        "stablehlo.real_dynamic_slice",
        c -> withNumbers(c, "slice", 1, List.of("start_indices", "limit_indices", "strides")));
    out.put(
        "stablehlo.dynamic_pad",
        c ->
            withNumbers(
                c, "pad", 2, List.of("edge_padding_low", "edge_padding_high", "interior_padding")));
    out.put("stablehlo.dynamic_gather", c -> withNumbers(c, "gather", 2, List.of("slice_sizes")));
    out.put("stablehlo.dynamic_conv", KnownShapeOperations::convolution);
    out.put("stablehlo.get_dimension_size", HloOperator.one(KnownShapeOperations::size));
    out.put("stablehlo.set_dimension_size", HloOperator.one(KnownShapeOperations::sized));
    out.put("stablehlo.broadcast", HloOperator.one(KnownShapeOperations::repeated));
    out.put("chlo.constant_like", HloOperator.one(KnownShapeOperations::constantLike));
    out.put("stablehlo.map", KnownShapeOperations::map);
    for (String each : BROADCASTING) {
      out.put("chlo.broadcast_" + each, c -> broadcast(c, each));
    }
    return Map.copyOf(out);
  }

  private static List<Held> plain(
      HloCall call, String operation, Map<String, HloAttribute> attributes) {
    String name = "stablehlo." + operation;
    return HloOperators.find(name).orElseThrow().lower(call.as(name, attributes));
  }

  /** The operation that has constant operands, from one on, as attributes. */
  private static List<Held> withNumbers(
      HloCall call, String operation, int first, List<String> names) {
    Map<String, HloAttribute> attributes = new HashMap<>(call.operation().attributes());
    for (int i = 0; i < names.size(); i++) {
      attributes.put(
          names.get(i),
          new HloAttribute.IntegerArray(
              new HloElementType.IndexElement(), numbers(call, first + i)));
    }
    return plain(call, operation, attributes);
  }

  /** The elements of a constant of integers. */
  private static List<Long> numbers(HloCall call, int operand) {
    Held held = call.operand(operand);
    Optional<HloCall> made = call.definition(held);
    if (made.isPresent()
        && made.orElseThrow().isOf("stablehlo.constant")
        && made.orElseThrow().required("value") instanceof HloAttribute.Dense dense
        && dense.type().element() instanceof HloElementType.IntegerElement
        && dense.type().equals(held.type())
        && dense.data().count() <= MOST_NUMBERS) {
      List<Long> out = new ArrayList<>();
      for (long i = 0; i < dense.data().count(); i++) {
        out.add(dense.data().getLong(i));
      }
      return out;
    }
    if (made.isPresent() && made.orElseThrow().isOf("stablehlo.concatenate")) {
      HloCall parts = made.orElseThrow();
      List<Long> out = new ArrayList<>();
      for (int i = 0; i < parts.operandCount(); i++) {
        out.addAll(numbers(parts, i));
      }
      return out;
    }
    long count = held.type().elementCount();
    if (count <= MOST_NUMBERS
        && held.type().element() instanceof HloElementType.IntegerElement
        && held.number().isPresent()) {
      long number = Long.parseLong(held.number().orElseThrow().text());
      return Collections.nCopies((int) count, number);
    }
    throw call.refused("operand %d is no constant; export with fixed shapes".formatted(operand));
  }

  /** A convolution whose padding is a constant. */
  private static List<Held> convolution(HloCall call) {
    Map<String, HloAttribute> attributes = new HashMap<>(call.operation().attributes());
    HloAttribute padding =
        call.definition(call.operand(2))
            .filter(by -> by.isOf("stablehlo.constant"))
            .map(by -> by.required("value"))
            .filter(v -> v instanceof HloAttribute.Dense d && d.type().equals(call.type(2)))
            .orElseThrow(
                () -> call.refused("its padding is no constant; export with fixed shapes"));
    attributes.put("padding", padding);
    return plain(call, "convolution", attributes);
  }

  /** A size that changes nothing; a smaller one makes a shape that is not known. */
  private static Held sized(HloCall call) {
    HloType.TensorOf type = call.type(0);
    long extent = type.extents().get(call.dimension("dimension", type.rank()));
    if (call.operand(1).number().filter(n -> n.text().equals(Long.toString(extent))).isEmpty()) {
      throw call.refused(
          "the size of a dimension of %d is set to another; export with fixed shapes"
              .formatted(extent));
    }
    Held x = call.operand(0);
    return call.unchanged(x);
  }

  /** The operand with further dimensions before its own ("broadcast" of older texts). */
  private static Held repeated(HloCall call) {
    List<Long> sizes = call.integers("broadcast_sizes");
    Held x = call.operand(0);
    List<Long> whole = new ArrayList<>(sizes);
    whole.addAll(x.type().extents());
    if (!whole.equals(call.resultType(0).extents())) {
      throw call.refused(
          "%s is broadcast to %s".formatted(x.type().text(), call.resultType(0).text()));
    }
    List<Long> extents = new ArrayList<>(Collections.nCopies(sizes.size(), 1L));
    extents.addAll(x.extents());
    return new Held(
        call.aten("reshape", x.binding(), extents), extents, call.resultType(0), x.number());
  }

  /** A number in the shape of the operand. */
  private static Held constantLike(HloCall call) {
    HloType.TensorOf type = call.resultType(0);
    DType dtype = call.dtype(type);
    List<Long> ones = Collections.nCopies(type.rank(), 1L);
    Shape shape = call.shape(ones);
    HloAttribute value = call.required("value");
    if (value instanceof HloAttribute.RealValue real && dtype.isFloating()) {
      return new Held(
          call.constant(TensorData.ofReals(dtype, shape, new double[] {real.value()})),
          ones,
          type,
          Optional.of(Binding.Literal.of(real.value())));
    }
    if (value instanceof HloAttribute.IntegerValue integer
        && !dtype.isFloating()
        && dtype.holds(integer.value())) {
      return new Held(
          call.constant(TensorData.ofLongs(dtype, shape, new long[] {integer.value()})),
          ones,
          type,
          Optional.of(Binding.Literal.of(integer.value())));
    }
    throw call.refused("its value is no number of %s".formatted(dtype.text()));
  }

  private static Held size(HloCall call) {
    HloType.TensorOf type = call.type(0);
    long extent = type.extents().get(call.dimension("dimension", type.rank()));
    DType dtype = call.dtype(call.resultType(0));
    if (dtype.isFloating() || !dtype.holds(extent)) {
      throw call.refused("%s has no number %d".formatted(dtype.text(), extent));
    }
    return call.result(call.constant(TensorData.ofLongs(dtype, Shape.of(), new long[] {extent})));
  }

  /** A body of elementwise operations on scalars, on whole tensors. */
  private static List<Held> map(HloCall call) {
    List<Held> operands = new ArrayList<>();
    for (int i = 0; i < call.operandCount(); i++) {
      operands.add(call.operand(i));
    }
    List<Held> results = new ElementwiseBody(call, 0).apply(operands, call.resultType(0).extents());
    return results.stream()
        .map(r -> new Held(r.binding(), r.extents(), call.resultType(0)))
        .toList();
  }

  /** The operand of fewer dimensions has those of the result that are named, or the last ones. */
  private static List<Held> broadcast(HloCall call, String operation) {
    HloType.TensorOf result = call.resultType(0);
    List<Held> operands = new ArrayList<>();
    for (int i = 0; i < call.operandCount(); i++) {
      operands.add(placed(call, call.operand(i), result));
    }
    HloCall wide = call.on(operands, call.operation().results());
    return plain(wide, operation, Map.of());
  }

  private static Held placed(HloCall call, Held x, HloType.TensorOf result) {
    int added = result.rank() - x.type().rank();
    HloType.TensorOf type = new HloType.TensorOf(result.extents(), x.type().element());
    if (added == 0) {
      return new Held(x.binding(), x.extents(), type, x.number());
    }
    List<Long> last = new ArrayList<>();
    for (long d = added; d < result.rank(); d++) {
      last.add(d);
    }
    List<Long> places =
        call.attribute("broadcast_dimensions").isPresent()
            ? call.integers("broadcast_dimensions")
            : last;
    if (added < 0 || !places.equals(last)) {
      throw call.refused("%s is broadcast to %s".formatted(x.type().text(), result.text()));
    }
    List<Long> extents = new ArrayList<>();
    for (int d = 0; d < added; d++) {
      extents.add(1L);
    }
    extents.addAll(x.extents());
    return new Held(call.aten("reshape", x.binding(), extents), extents, type, x.number());
  }
}
