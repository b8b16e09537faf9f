package org.zkc.ir.view;

import java.util.List;
import java.util.Optional;
import org.zkc.ir.ColumnType;
import org.zkc.ir.DType;
import org.zkc.ir.IntegerType;
import org.zkc.ir.Interval;
import org.zkc.ir.Shape;
import org.zkc.ir.SpectrumType;
import org.zkc.ir.TensorType;
import org.zkc.ir.TorchType;
import org.zkc.ir.Type;
import org.zkc.ir.Value;

/** The result types of views at every level: the operands' type with another shape. */
public final class ViewRules {
  private ViewRules() {}

  /**
   * The type of the view's result. Intervals are the hull of the operands' and the filler; a view
   * of columns is virtual, and a reshape may regroup transforms.
   *
   * @throws IllegalArgumentException with one sentence when operands and attributes do not fit
   */
  public static Type infer(View view) {
    return view instanceof Reshape r && r.input().type() instanceof SpectrumType t
        ? regrouped(t, r.shape())
        : infer(view.operands(), view.shape(), view.filler());
  }

  private static SpectrumType regrouped(SpectrumType type, Shape shape) {
    int batch = shape.rank() - 2;
    require(
        batch >= 0 && shape.extents().subList(batch, batch + 2).equals(type.sizes()),
        "the transforms have %s points, a reshape to %s does not keep them",
        type.sizes(),
        shape);
    return new SpectrumType(type.kind(), shape, type.low(), type.high());
  }

  /** The type of a view of {@code operands} that has the shape and filler given. */
  static Type infer(List<Value> operands, Shape shape, Optional<Number> filler) {
    return switch (operands.getFirst().type()) {
      case TensorType t -> {
        operands.forEach(v -> sameElements(operands.getFirst(), v));
        filler.ifPresent(n -> require(n instanceof Double, "%s is no real number", n));
        yield new TensorType(t.dtype(), shape);
      }
      case IntegerType t -> {
        for (Value v : operands) {
          double scale = v.integerType().scale();
          require(t.isOfScale(scale), "scales %s and %s meet in one op", t.scale(), scale);
        }
        Interval hull = hull(operands, filler);
        yield new IntegerType(shape, hull.low(), hull.high(), t.scale());
      }
      case ColumnType _ -> {
        Interval hull = hull(operands, filler);
        yield new ColumnType(ColumnType.Kind.VIRTUAL, shape, hull.low(), hull.high());
      }
      case SpectrumType _ ->
          throw new IllegalArgumentException(
              operands.getFirst() + " is a spectrum, it must be a column");
      case TorchType _ -> throw new IllegalArgumentException("no view has operands of torch types");
    };
  }

  private static void sameElements(Value left, Value right) {
    DType l = left.tensorType().dtype();
    DType r = right.tensorType().dtype();
    require(
        l == r, "operands %s and %s have elements of %s and %s", left, right, l.text(), r.text());
  }

  private static Interval hull(List<Value> operands, Optional<Number> filler) {
    Interval hull = interval(operands.getFirst());
    for (Value v : operands) {
      hull = hull.hull(interval(v));
    }
    if (filler.isPresent()) {
      require(filler.get() instanceof Long, "%s is no integer", filler.get());
      hull = hull.hull(Interval.point(filler.get().longValue()));
    }
    return hull;
  }

  private static Interval interval(Value value) {
    return switch (value.type()) {
      case IntegerType t -> Interval.of(t);
      case ColumnType t -> Interval.of(t);
      case SpectrumType _, TensorType _, TorchType _ ->
          throw new IllegalArgumentException(value + " is a spectrum, it must be a column");
    };
  }

  private static void require(boolean condition, String sentence, Object... values) {
    if (!condition) {
      throw new IllegalArgumentException(sentence.formatted(values));
    }
  }
}
