package org.zkc.passes.quantize;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.zkc.ir.DType;
import org.zkc.ir.Interval;
import org.zkc.ir.Shape;
import org.zkc.ir.UserException;
import org.zkc.ir.Value;
import org.zkc.ir.integer.IntegerWeights;
import org.zkc.ir.kernel.TaskRunner;
import org.zkc.ir.tensor.Cast;
import org.zkc.ir.tensor.Clamp;
import org.zkc.ir.tensor.Constant;
import org.zkc.ir.tensor.IndexWrap;
import org.zkc.ir.tensor.TensorOp;
import org.zkc.ir.view.Broadcast;
import org.zkc.ir.view.Gather;
import org.zkc.ir.view.Reshape;
import org.zkc.ir.view.Slice;
import org.zkc.ir.view.Transpose;
import org.zkc.passes.integer.IntegerBuilder;

/**
 * Rows of tables. Where the indices are an input, the rows take no lookups, so views of an input
 * become views of the gathered rows. Elements of a table of parameters have the scale and the
 * precision of the result's class. Rows by computed indices are {@link ComputedGathers}.
 */
final class GatherLowering {
  private final IntegerValues values;
  private final ComputedGathers computed;

  GatherLowering(IntegerValues values) {
    this.values = values;
    this.computed = new ComputedGathers(values);
  }

  /** Rows of real numbers. */
  Value of(Gather op) {
    if (isComputed(op.indices())) {
      return computed.ofReals(op);
    }
    Value table =
        values.analysis().isConstant(op.table())
            ? parameter(op)
            : values.narrow(op.table(), IntegerValues.CONSUMABLE);
    return rows(op, table, op.indices());
  }

  /** Rows of a constant, rounded to a scale. */
  Value constants(Gather op, double scale) {
    return isComputed(op.indices())
        ? computed.constants(op, scale)
        : rows(op, values.parameters().constant(op.table(), scale), op.indices());
  }

  private Value parameter(Gather op) {
    if (!(values.analysis().definition(op.table()) instanceof Constant c)) {
      return values
          .parameters()
          .constant(op.table(), values.classes().quantum(op.result()).scale());
    }
    double most = values.parameters().magnitude(c.result());
    double scale = Math.max(values.classes().quantum(op.result()).scale(), most / Short.MAX_VALUE);
    String name = c.name().isEmpty() ? c.result().name() : c.name();
    IntegerWeights rounded =
        IntegerWeights.rounded(
            c.data(),
            1 / scale,
            DType.I16,
            List.of(),
            (channel, first, reals, mantissas, count) -> {},
            TaskRunner.CALLER);
    return values.out().parameter(values.parameters().unique(name), rounded, scale);
  }

  /** Rows of integers or booleans. */
  Value ofIntegers(Gather op, UnaryOperator<Value> integers) {
    return isComputed(op.indices())
        ? computed.ofIntegers(op, integers)
        : rows(op, integers.apply(op.table()), op.indices());
  }

  /** Whether indices are neither constant nor an input that is moved or cast. */
  private boolean isComputed(Value indices) {
    if (values.isInput(indices) || values.analysis().isConstant(indices)) {
      return false;
    }
    return switch (values.analysis().definition(indices)) {
      case Cast c when isCastOfIndices(c) -> isComputed(c.input());
      case IndexWrap i when isNotNegative(i.input()) -> isComputed(i.input());
      case Clamp c when isInside(c) -> isComputed(c.input());
      case Reshape r -> isComputed(r.input());
      case Transpose t -> isComputed(t.input());
      case Slice s -> isComputed(s.input());
      case Broadcast b -> isComputed(b.input());
      default -> true;
    };
  }

  private boolean isNotNegative(Value indices) {
    return !values.analysis().isConstant(indices)
        && IntegerBuilder.interval(values.exactly(indices)).low() >= 0;
  }

  /** Whether a clamp changes no index. */
  private boolean isInside(Clamp clamp) {
    if (values.analysis().isConstant(clamp.input())) {
      return false;
    }
    Interval indices = IntegerBuilder.interval(values.exactly(clamp.input()));
    return indices.low() >= clamp.low() && indices.high() <= clamp.high();
  }

  private static boolean isCastOfIndices(Cast cast) {
    return TensorAnalysis.isExact(cast.input())
        && cast.dtype() != DType.I1
        && cast.input().tensorType().dtype() != DType.I1;
  }

  /**
   * The rows that the indices name.
   *
   * @param table integers
   * @param indices the tensor level's indices, an input or views of one
   */
  private Value rows(Gather op, Value table, Value indices) {
    if (values.isInput(indices)) {
      return values.out().gather(table, values.exactly(indices));
    }
    Optional<Value> moved =
        values.analysis().isConstant(indices)
            ? Optional.empty()
            : moved(op, table, values.analysis().definition(indices));
    return moved.orElseThrow(() ->
        new UserException(
            op.location(),
            "the indices of this gather are constant; give the elements themselves"));
  }

  /** The rows that a view of indices names, as the same view of rows; empty for other ops. */
  private Optional<Value> moved(Gather op, Value table, TensorOp definition) {
    IntegerBuilder out = values.out();
    return switch (definition) {
      case Cast c when isCastOfIndices(c) -> Optional.of(rows(op, table, c.input()));
      case IndexWrap i when isNotNegative(i.input()) -> Optional.of(rows(op, table, i.input()));
      case Clamp c when isInside(c) -> Optional.of(rows(op, table, c.input()));
      case Reshape r ->
          Optional.of(out.reshape(rows(op, table, r.input()), whole(r.shape(), table)));
      case Transpose t -> {
        List<Integer> permutation = new ArrayList<>(t.permutation());
        IntStream.range(0, table.shape().rank() - 1)
            .forEach(k -> permutation.add(t.permutation().size() + k));
        yield Optional.of(out.transpose(rows(op, table, t.input()), permutation));
      }
      case Slice s ->
          Optional.of(
              out.slice(
                  rows(op, table, s.input()),
                  joined(s.starts(), Collections.nCopies(rest(table).size(), 0)),
                  joined(s.limits(), rest(table)),
                  joined(s.strides(), Collections.nCopies(rest(table).size(), 1))));
      case Broadcast b ->
          Optional.of(out.broadcast(rows(op, table, b.input()), whole(b.shape(), table)));
      default -> Optional.empty();
    };
  }

  /** The shape of the indices with the table's axes but the first behind it. */
  private static Shape whole(Shape indices, Value table) {
    return new Shape(joined(indices.extents(), rest(table)));
  }

  private static List<Integer> rest(Value table) {
    return table.shape().extents().subList(1, table.shape().rank());
  }

  private static List<Integer> joined(List<Integer> first, List<Integer> second) {
    List<Integer> out = new ArrayList<>(first);
    out.addAll(second);
    return out;
  }
}
