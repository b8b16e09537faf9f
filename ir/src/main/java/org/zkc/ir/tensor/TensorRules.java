package org.zkc.ir.tensor;

import java.util.List;
import java.util.Optional;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.Shapes;
import org.zkc.ir.TensorType;
import org.zkc.ir.Value;
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
    switch (op) {
      case Constant c -> result(c.result(), c.data().dtype(), c.data().shape());
      case Conv c -> {
        floating(c.input());
        same(c.input(), c.weight());
        c.bias().ifPresent(b -> same(c.input(), b));
        result(
            c.result(),
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
        result(
            l.result(),
            l.input(),
            Shapes.linear(l.input().shape(), l.weight().shape(), l.bias().map(Value::shape)));
      }
      case BatchNorm b -> batchNorm(b);
      case MaxPool p ->
          result(
              p.result(),
              p.input(),
              Shapes.pool(
                  p.input().shape(),
                  p.kernel(),
                  p.strides(),
                  p.paddingLow(),
                  p.paddingHigh(),
                  p.dilations()));
      case WindowMean w -> {
        floating(w.input());
        require(
            w.divisors().stream().allMatch(d -> d >= 1),
            "divisors must be at least 1, got %s",
            w.divisors());
        result(
            w.result(),
            w.input(),
            Shapes.windows(w.input().shape(), w.axis(), w.starts(), w.lengths(), w.divisors()));
      }
      case Add a -> elementwise(a.result(), a.left(), a.right());
      case Subtract s -> elementwise(s.result(), s.left(), s.right());
      case Multiply m -> elementwise(m.result(), m.left(), m.right());
      case Divide d -> {
        floating(d.left());
        elementwise(d.result(), d.left(), d.right());
      }
      case View v -> {
        TensorType type = (TensorType) ViewRules.infer(v);
        result(v.result(), type.dtype(), type.shape());
      }
      case Softmax s -> {
        floating(s.input());
        Shapes.checkAxis(s.axis(), s.input().shape().rank(), s.input().shape());
        result(s.result(), s.input(), s.input().shape());
      }
      case LogSoftmax s -> {
        floating(s.input());
        Shapes.checkAxis(s.axis(), s.input().shape().rank(), s.input().shape());
        result(s.result(), s.input(), s.input().shape());
      }
      case Elementwise e -> {
        e.requireFunction();
        if (e instanceof Activation) {
          floating(e.input());
        }
        result(e.result(), e.input(), e.input().shape());
      }
    }
  }

  private static void batchNorm(BatchNorm b) {
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
    result(b.result(), b.input(), input);
  }

  private static void elementwise(Value result, Value left, Value right) {
    same(left, right);
    result(result, left, Shapes.elementwise(left.shape(), right.shape()));
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

  private static void result(Value result, Value like, Shape shape) {
    result(result, like.tensorType().dtype(), shape);
  }

  private static void result(Value result, DType dtype, Shape shape) {
    TensorType found = result.tensorType();
    require(
        found.dtype() == dtype && found.shape().equals(shape),
        "the result is %s:%s, the operands give %s:%s",
        found.shape(),
        found.dtype().text(),
        shape,
        dtype.text());
  }

  private static void require(boolean condition, String sentence, Object... values) {
    if (!condition) {
      throw new IllegalArgumentException(sentence.formatted(values));
    }
  }
}
