package org.zkc.ir.tensor;

import java.util.List;
import java.util.Optional;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.Shapes;
import org.zkc.ir.TensorType;
import org.zkc.ir.Value;
import org.zkc.ir.view.Gather;
import org.zkc.ir.view.View;
import org.zkc.ir.view.ViewRules;

/**
 * The result type of every op of the tensor level, and what its operands and attributes must
 * satisfy.
 */
public final class TensorRules {
  private TensorRules() {}

  /**
   * Checks one op.
   *
   * @throws IllegalArgumentException with one sentence when the op is not as its record says
   */
  public static void check(TensorOp op) {
    TensorType type = infer(op);
    TensorType found = op.result().tensorType();
    require(
        found.equals(type),
        "the result is %s:%s, the operands give %s:%s",
        found.shape(),
        found.dtype().text(),
        type.shape(),
        type.dtype().text());
  }

  /**
   * The type that operands and attributes give. The op's own result is not looked at, but for the
   * shape that a reshape or broadcast is to have.
   *
   * @throws IllegalArgumentException with one sentence when operands and attributes do not fit
   */
  public static TensorType infer(TensorOp op) {
    return switch (op) {
      case Constant c -> new TensorType(c.data().dtype(), c.data().shape());
      case Conv c -> {
        floating(c.input());
        same(c.input(), c.weight());
        c.bias().ifPresent(b -> same(c.input(), b));
        yield like(
            c.input(),
            Shapes.conv(
                c.input().shape(),
                c.weight().shape(),
                c.bias().map(Value::shape),
                c.strides(),
                c.paddingLow(),
                c.paddingHigh(),
                c.dilations(),
                c.groups()));
      }
      case Linear l -> {
        floating(l.input());
        same(l.input(), l.weight());
        l.bias().ifPresent(b -> same(l.input(), b));
        yield like(
            l.input(),
            Shapes.linear(l.input().shape(), l.weight().shape(), l.bias().map(Value::shape)));
      }
      case MatMul m -> {
        floating(m.left());
        same(m.left(), m.right());
        yield like(m.left(), Shapes.matMul(m.left().shape(), m.right().shape()));
      }
      case BatchNorm b -> batchNorm(b);
      case MaxPool p ->
          like(
              p.input(),
              Shapes.pool(
                  p.input().shape(),
                  p.kernel(),
                  p.strides(),
                  p.paddingLow(),
                  p.paddingHigh(),
                  p.dilations()));
      case WindowMean w -> {
        require(
            w.divisors().stream().allMatch(d -> d >= 1),
            "divisors must be at least 1, got %s",
            w.divisors());
        require(
            w.input().tensorType().dtype().isFloating()
                || w.divisors().stream().allMatch(d -> d == 1),
            "sums of integers have divisors 1, got %s",
            w.divisors());
        yield like(
            w.input(),
            Shapes.windows(w.input().shape(), w.axis(), w.starts(), w.lengths(), w.divisors()));
      }
      case Add a -> elementwise(a.left(), a.right());
      case Subtract s -> elementwise(s.left(), s.right());
      case Multiply m -> elementwise(m.left(), m.right());
      case Divide d -> {
        floating(d.left());
        yield elementwise(d.left(), d.right());
      }
      case Cast c -> {
        require(
            !c.input().tensorType().dtype().isFloating()
                || (!c.dtype().isFloating() && c.dtype() != DType.I1),
            "a cast of %s, which has %s, to %s; of real numbers there are casts to integers",
            c.input(),
            c.input().tensorType().dtype().text(),
            c.dtype().text());
        require(
            !c.dtype().isFloating() || c.dtype() == DType.F32,
            "a cast to %s; the tensor level computes in f32",
            c.dtype().text());
        yield new TensorType(c.dtype(), c.input().shape());
      }
      case IntegerBinary b -> {
        DType dtype = b.left().tensorType().dtype();
        require(
            !dtype.isFloating() && dtype != DType.I1,
            "%s must have integer elements, it has %s",
            b.left(),
            dtype.text());
        yield elementwise(b.left(), b.right());
      }
      case CompareZero c -> new TensorType(DType.I1, c.input().shape());
      case TopK t -> {
        Shape input = t.input().shape();
        Shapes.checkAxis(t.axis(), input.rank(), input);
        require(
            t.k() >= 1 && t.k() <= input.extent(t.axis()),
            "%d elements of an axis of %d",
            t.k(),
            input.extent(t.axis()));
        yield new TensorType(t.dtype(), t.shape());
      }
      case Gather g -> (TensorType) g.infer();
      case View v -> (TensorType) ViewRules.infer(v);
      case Normalization n -> {
        floating(n.input());
        Shapes.checkAxis(n.axis(), n.input().shape().rank(), n.input().shape());
        if (n instanceof Softmax s) {
          s.mask().ifPresent(m -> mask(m, s.input()));
        }
        if (n instanceof Standardization s) {
          require(
              s.epsilon() >= 0 && Double.isFinite(s.epsilon()),
              "an epsilon is finite and not negative, got %s",
              s.epsilon());
        }
        yield n.input().tensorType();
      }
      case Attention a -> {
        floating(a.scores());
        same(a.scores(), a.values());
        a.mask().ifPresent(m -> mask(m, a.scores()));
        yield like(a.scores(), Shapes.matMul(a.scores().shape(), a.values().shape()));
      }
      case Elementwise e -> {
        e.requireFunction();
        if (e instanceof Activation || e instanceof FakeQuantize) {
          floating(e.input());
        }
        yield e.input().tensorType();
      }
    };
  }

  private static void mask(Value mask, Value scores) {
    require(
        mask.tensorType().dtype() == DType.I1 && mask.shape().equals(scores.shape()),
        "a mask must be %s:i1, it is %s:%s",
        scores.shape(),
        mask.shape(),
        mask.tensorType().dtype().text());
  }

  private static TensorType batchNorm(BatchNorm b) {
    floating(b.input());
    Shape input = b.input().shape();
    require(
        input.rank() >= 2,
        "batch norm needs an input of rank at least 2 ([N, C, ...]), its shape is %s",
        input);
    Shape channels = Shape.of(input.extent(1));
    List<Optional<Value>> all =
        List.of(b.weight(), b.bias(), Optional.of(b.mean()), Optional.of(b.variance()));
    for (Optional<Value> each : all) {
      each.ifPresent(v -> {
        same(b.input(), v);
        require(
            v.shape().equals(channels),
            "%s must have shape %s, one per channel, got %s",
            v,
            channels,
            v.shape());
      });
    }
    require(b.epsilon() >= 0, "epsilon must not be negative, got %s", b.epsilon());
    return b.input().tensorType();
  }

  private static TensorType elementwise(Value left, Value right) {
    same(left, right);
    return like(left, Shapes.elementwise(left.shape(), right.shape()));
  }

  private static TensorType like(Value operand, Shape shape) {
    return new TensorType(operand.tensorType().dtype(), shape);
  }

  private static void floating(Value operand) {
    require(
        operand.tensorType().dtype().isFloating(),
        "%s must have floating-point elements, it has %s",
        operand,
        operand.tensorType().dtype().text());
  }

  private static void same(Value left, Value right) {
    DType l = left.tensorType().dtype();
    DType r = right.tensorType().dtype();
    require(
        l == r, "operands %s and %s have elements of %s and %s", left, right, l.text(), r.text());
  }

  private static void require(boolean condition, String sentence, Object... values) {
    if (!condition) {
      throw new IllegalArgumentException(sentence.formatted(values));
    }
  }
}
