package org.zkc.stablehlo.lower;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.stablehlo.program.HloAttribute;
import org.zkc.stablehlo.program.HloElementType;
import org.zkc.stablehlo.program.HloElementType.Quantized;
import org.zkc.stablehlo.program.HloType;
import org.zkc.stablehlo.program.HloValue;
import org.zkc.stablehlo.program.Operation;
import org.zkc.torchscript.lower.Binding;

/**
 * Operations on quantised tensors (StableHLO specification, "Quantized computations": an operation
 * is that on the numbers which its operands stand for, and its result is quantised). A quantised
 * tensor is held as the numbers that it stands for; quantising is rounding to a grid, which is the
 * grid of the integers that are proved.
 */
final class QuantizedOperations {
  /** Integers of sums, whose steps are those of products: nothing is rounded to them. */
  private static final int BITS_OF_SUMS = 32;

  static final Map<String, HloOperator> TABLE =
      Map.of(
          "stablehlo.uniform_quantize", HloOperator.one(QuantizedOperations::same),
          "stablehlo.uniform_dequantize", HloOperator.one(QuantizedOperations::same));

  /** Operations whose results are among the elements of operands. */
  private static final Set<String> MOVES =
      Set.of(
          "stablehlo.broadcast_in_dim",
          "stablehlo.clamp",
          "stablehlo.concatenate",
          "stablehlo.dynamic_slice",
          "stablehlo.dynamic_update_slice",
          "stablehlo.gather",
          "stablehlo.maximum",
          "stablehlo.minimum",
          "stablehlo.pad",
          "stablehlo.reshape",
          "stablehlo.reverse",
          "stablehlo.select",
          "stablehlo.slice",
          "stablehlo.sort",
          "stablehlo.transpose",
          "stablehlo.uniform_dequantize",
          "stablehlo.uniform_quantize");

  private QuantizedOperations() {}

  private static Held same(HloCall call) {
    Held x = call.operand(0);
    return call.unchanged(x);
  }

  /** Whether an operation computes with quantised tensors; those with regions hand them on. */
  static boolean isOne(HloCall call) {
    Operation operation = call.operation();
    return !ControlOperations.TABLE.containsKey(operation.name())
        && (operation.results().stream().anyMatch(r -> isQuantized(r.type()))
            || operation.operands().stream().anyMatch(o -> isQuantized(o.type())));
  }

  private static boolean isQuantized(HloType type) {
    return type instanceof HloType.TensorOf tensor && tensor.element() instanceof Quantized;
  }

  /**
   * The results of an operation on quantised tensors.
   *
   * @param plain lowers the operation on real numbers
   */
  static List<Held> lower(HloCall call, Function<HloCall, List<Held>> plain) {
    Operation operation = call.operation();
    switch (operation.name()) {
      case "stablehlo.constant" -> {
        if (call.required("value") instanceof HloAttribute.Dense dense) {
          HloValue integers = new HloValue("stored", dense.type());
          Held stored = plain.apply(call.on(List.of(), List.of(integers))).getFirst();
          return List.of(numbers(call, stored));
        }
        throw call.refused("its value is no tensor");
      }
      case "stablehlo.bitcast_convert" -> {
        boolean from = isQuantized(call.type(0));
        if (from == isQuantized(call.resultType(0))) {
          throw call.refused("bits of one quantised type as another");
        }
        return List.of(from ? stored(call) : numbers(call, call.operand(0)));
      }
      default -> {}
    }
    List<Held> operands = new ArrayList<>();
    for (int i = 0; i < call.operandCount(); i++) {
      operands.add(real(call.operand(i)));
    }
    List<HloValue> results =
        operation.results().stream().map(r -> new HloValue(r.name(), real(r.type()))).toList();
    List<Held> lowered = plain.apply(call.on(operands, results));
    List<Held> out = new ArrayList<>();
    for (int i = 0; i < operation.results().size(); i++) {
      Held result = lowered.get(i);
      HloType.TensorOf type = call.resultType(i);
      out.add(
          type.element() instanceof Quantized grid && !isOnGrid(call, type)
              ? rounded(call, result, type, grid)
              : new Held(result.binding(), result.extents(), type, result.number()));
    }
    return out;
  }

  private static boolean isOnGrid(HloCall call, HloType.TensorOf type) {
    if (!MOVES.contains(call.operation().name())) {
      return false;
    }
    for (int i = 0; i < call.operandCount(); i++) {
      HloElementType element = call.type(i).element();
      boolean other =
          element instanceof Quantized || element instanceof HloElementType.FloatElement;
      if (other && !element.equals(type.element())) {
        return false;
      }
    }
    return call.operandCount() > 0;
  }

  private static HloType real(HloType type) {
    return type instanceof HloType.TensorOf tensor && tensor.element() instanceof Quantized q
        ? new HloType.TensorOf(
            tensor.extents(), new HloElementType.FloatElement(q.expressed()), tensor.encoding())
        : type;
  }

  private static Held real(Held held) {
    return real(held.type()) instanceof HloType.TensorOf type
        ? new Held(held.binding(), held.extents(), type, held.number())
        : held;
  }

  /** The nearest numbers that the type's integers stand for. */
  private static Held rounded(HloCall call, Held x, HloType.TensorOf type, Quantized grid) {
    if (grid.storage().bits() >= BITS_OF_SUMS) {
      return new Held(x.binding(), x.extents(), type);
    }
    if (grid.axis().isEmpty()) {
      Binding result =
          call.aten(
              "fake_quantize_per_tensor_affine",
              x.binding(),
              grid.scales().getFirst(),
              grid.zeroPoints().getFirst(),
              grid.minimum(),
              grid.maximum());
      return new Held(result, x.extents(), type);
    }
    int axis = axis(call, type, grid);
    float[] scales = new float[grid.scales().size()];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = grid.scales().get(i).floatValue();
    }
    Binding result =
        call.aten(
            "fake_quantize_per_channel_affine",
            call.whole(x),
            call.constant(TensorData.ofFloats(Shape.of(scales.length), scales)),
            call.constant(TensorData.ofLongs(DType.I32, Shape.of(scales.length), zeros(grid))),
            (long) axis,
            grid.minimum(),
            grid.maximum());
    return Held.whole(result, type);
  }

  private static long[] zeros(Quantized grid) {
    return grid.zeroPoints().stream().mapToLong(z -> z).toArray();
  }

  private static int axis(HloCall call, HloType.TensorOf type, Quantized grid) {
    int axis = call.dimension(grid.axis().orElseThrow(), type.rank());
    if (type.extents().get(axis) != grid.scales().size()) {
      throw call.refused(
          "%d scales along a dimension of %d"
              .formatted(grid.scales().size(), type.extents().get(axis)));
    }
    return axis;
  }

  /** The numbers that stored integers stand for. */
  private static Held numbers(HloCall call, Held integers) {
    HloType.TensorOf type = call.resultType(0);
    Quantized grid = (Quantized) type.element();
    Held whole =
        grid.axis().isEmpty() ? integers : Held.whole(call.whole(integers), integers.type());
    Binding moved =
        call.aten("sub", call.aten("to", whole.binding(), DType.F32), zeroPoints(call, type, grid));
    return new Held(call.aten("mul", moved, scales(call, type, grid)), whole.extents(), type);
  }

  /** The integers that are stored for the numbers of the operand. */
  private static Held stored(HloCall call) {
    Held x = call.operand(0);
    Quantized grid = (Quantized) x.type().element();
    Held whole = grid.axis().isEmpty() ? x : Held.whole(call.whole(x), x.type());
    Binding steps =
        call.aten("round", call.aten("div", whole.binding(), scales(call, x.type(), grid)));
    Binding moved = call.aten("add", steps, zeroPoints(call, x.type(), grid));
    DType dtype = call.dtype(call.resultType(0));
    return new Held(call.aten("to", moved, dtype), whole.extents(), call.resultType(0));
  }

  private static Binding scales(HloCall call, HloType.TensorOf type, Quantized grid) {
    return along(call, type, grid, grid.scales().stream().mapToDouble(s -> s).toArray());
  }

  private static Binding zeroPoints(HloCall call, HloType.TensorOf type, Quantized grid) {
    return along(call, type, grid, Arrays.stream(zeros(grid)).asDoubleStream().toArray());
  }

  /** Numbers along the type's axis, or one number. */
  private static Binding along(
      HloCall call, HloType.TensorOf type, Quantized grid, double[] values) {
    List<Long> extents = new ArrayList<>(Collections.nCopies(type.rank(), 1L));
    if (grid.axis().isPresent()) {
      extents.set(axis(call, type, grid), (long) values.length);
    }
    return call.constant(TensorData.ofReals(DType.F32, call.shape(extents), values));
  }
}
