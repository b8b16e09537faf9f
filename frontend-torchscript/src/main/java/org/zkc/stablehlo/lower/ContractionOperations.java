package org.zkc.stablehlo.lower;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.zkc.ir.DType;
import org.zkc.stablehlo.program.HloAttribute;
import org.zkc.stablehlo.program.HloType;
import org.zkc.torchscript.lower.Binding;

/** Products of matrices (StableHLO specification, "dot_general"). */
final class ContractionOperations {
  static final Map<String, HloOperator> TABLE =
      Map.of(
          "stablehlo.dot_general", HloOperator.one(ContractionOperations::dotGeneral),
          "stablehlo.dot", HloOperator.one(ContractionOperations::dot),
          "stablehlo.einsum", HloOperator.one(ContractionOperations::einsum),
          "stablehlo.unary_einsum", HloOperator.one(ContractionOperations::einsum));

  /** Products of integers, which are made one by one. */
  private static final long MOST_PRODUCTS = 1L << 22;

  private ContractionOperations() {}

  /** Sums of products by an equation, as older texts write them. */
  private static Held einsum(HloCall call) {
    if (!(call.required("einsum_config") instanceof HloAttribute.StringValue equation)) {
      throw call.refused("its equation is no text");
    }
    List<Binding> operands = new ArrayList<>();
    for (int i = 0; i < call.operandCount(); i++) {
      operands.add(call.whole(i));
    }
    return call.result(call.aten("einsum", equation.value(), operands));
  }

  private static Held dotGeneral(HloCall call) {
    if (!(call.required("dot_dimension_numbers") instanceof HloAttribute.DotDimensions d)) {
      throw call.refused("its dimension numbers are none of a product");
    }
    return product(call, d);
  }

  /** The last dimension of the left operand with the first of the right one. */
  private static Held dot(HloCall call) {
    return product(
        call,
        new HloAttribute.DotDimensions(
            List.of(), List.of(), List.of(call.type(0).rank() - 1L), List.of(0L)));
  }

  /** One operand's dimensions: batching, contracted, and those that are left. */
  private record Sides(List<Long> batching, List<Long> contracted, List<Long> free) {
    static Sides of(HloCall call, int operand, List<Long> batching, List<Long> contracted) {
      int rank = call.type(operand).rank();
      Set<Long> taken = new TreeSet<>();
      for (List<Long> list : List.of(batching, contracted)) {
        for (long d : list) {
          if (!taken.add((long) call.dimension(d, rank))) {
            throw call.refused("dimension %d is named twice".formatted(d));
          }
        }
      }
      List<Long> free = new ArrayList<>();
      for (long d = 0; d < rank; d++) {
        if (!taken.contains(d)) {
          free.add(d);
        }
      }
      return new Sides(batching, contracted, free);
    }
  }

  /** The result's dimensions are the batching ones, the left free ones, the right free ones. */
  private static Held product(HloCall call, HloAttribute.DotDimensions d) {
    HloType.TensorOf leftType = call.type(0);
    HloType.TensorOf rightType = call.type(1);
    Sides left = Sides.of(call, 0, d.lhsBatching(), d.lhsContracting());
    Sides right = Sides.of(call, 1, d.rhsBatching(), d.rhsContracting());
    requireEqual(call, leftType, left.batching(), rightType, right.batching());
    requireEqual(call, leftType, left.contracted(), rightType, right.contracted());
    DType result = call.dtype(call.resultType(0));
    Binding a = typed(call, 0, result);
    Binding b = typed(call, 1, result);
    List<Long> batch = extents(leftType, left.batching());
    List<Long> rows = extents(leftType, left.free());
    List<Long> columns = extents(rightType, right.free());
    long inner = count(extents(leftType, left.contracted()));
    List<Long> kept = batch.isEmpty() ? rows : List.of(count(rows));
    Binding matrix =
        arranged(
            call,
            a,
            leftType,
            joined(left.batching(), left.free(), left.contracted()),
            joined(batch, kept, List.of(inner)));
    Binding other =
        arranged(
            call,
            b,
            rightType,
            joined(right.batching(), right.contracted(), right.free()),
            joined(batch, List.of(inner), List.of(count(columns))));
    if (kept.isEmpty()) {
      matrix = call.aten("reshape", matrix, List.of(1L, inner));
      kept = List.of(1L);
    }
    Binding product =
        result.isFloating()
            ? call.aten("matmul", matrix, other)
            : integers(call, matrix, other, result, joined(batch, kept), inner, count(columns));
    List<Long> shape = joined(batch, rows, columns);
    return call.result(
        shape.equals(joined(batch, kept, List.of(count(columns))))
            ? product
            : call.aten("reshape", product, shape));
  }

  /** Integers are multiplied one by one and summed, which is exact. */
  private static Binding integers(
      HloCall call,
      Binding left,
      Binding right,
      DType result,
      List<Long> rows,
      long inner,
      long columns) {
    if (Math.multiplyExact(Math.multiplyExact(count(rows), inner), columns) > MOST_PRODUCTS) {
      throw call.refused("a product of large matrices of integers");
    }
    Binding each =
        call.aten(
            "mul",
            call.aten("reshape", left, joined(rows, List.of(inner, 1L))),
            call.aten(
                "reshape",
                right,
                joined(rows.subList(0, rows.size() - 1), List.of(1L, inner, columns))));
    return call.atenTyped("sum", "dim_IntList", result, each, List.of((long) rows.size()), false);
  }

  private static void requireEqual(
      HloCall call,
      HloType.TensorOf left,
      List<Long> leftDimensions,
      HloType.TensorOf right,
      List<Long> rightDimensions) {
    List<Long> a = extents(left, leftDimensions);
    List<Long> b = extents(right, rightDimensions);
    if (!a.equals(b)) {
      throw call.refused("extents %s meet extents %s".formatted(a, b));
    }
  }

  private static Binding typed(HloCall call, int operand, DType result) {
    DType dtype = call.dtype(call.type(operand));
    Binding whole = call.whole(operand);
    return dtype == result || dtype.isFloating() && result.isFloating()
        ? whole
        : call.aten("to", whole, result);
  }

  private static Binding arranged(
      HloCall call, Binding x, HloType.TensorOf type, List<Long> order, List<Long> shape) {
    boolean moves = false;
    for (int i = 0; i < order.size(); i++) {
      moves |= order.get(i) != i;
    }
    Binding moved = moves ? call.aten("permute", x, order) : x;
    return extents(type, order).equals(shape) ? moved : call.aten("reshape", moved, shape);
  }

  private static List<Long> extents(HloType.TensorOf type, List<Long> dimensions) {
    return dimensions.stream().map(d -> type.extents().get(Math.toIntExact(d))).toList();
  }

  private static long count(List<Long> extents) {
    return extents.stream().reduce(1L, Math::multiplyExact);
  }

  @SafeVarargs
  private static List<Long> joined(List<Long>... lists) {
    List<Long> out = new ArrayList<>();
    for (List<Long> list : lists) {
      out.addAll(list);
    }
    return out;
  }
}
