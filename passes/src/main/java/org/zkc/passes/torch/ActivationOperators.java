package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.Shapes;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Elu;
import org.zkc.ir.tensor.Gelu;
import org.zkc.ir.tensor.Hardswish;
import org.zkc.ir.tensor.LeakyRelu;
import org.zkc.ir.tensor.Sigmoid;
import org.zkc.ir.tensor.Silu;
import org.zkc.ir.tensor.Tanh;
import org.zkc.ir.tensor.TensorBuilder;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.Tensor;

/** Functions of one element. */
final class ActivationOperators {
  /** Klambauer et al., Self-Normalizing Neural Networks, equation 14. */
  private static final double SELU_ALPHA = 1.6732632423543772;

  private static final double SELU_SCALE = 1.0507009873554805;

  private static final double INFINITY = Double.POSITIVE_INFINITY;

  static final List<TorchOperator> ALL =
      List.of(
          new TorchOperator("aten.relu", "relu", ActivationOperators::relu),
          new TorchOperator("aten.relu6", "clamp", c -> c.result(c.emit().clamp(c.value(0), 0, 6))),
          new TorchOperator("aten.hardtanh", "clamp", ActivationOperators::hardtanh),
          new TorchOperator(
              "aten.clamp", "clamp; concatenate, max_pool", ActivationOperators::between),
          new TorchOperator(
              "aten.clip", "clamp; concatenate, max_pool", ActivationOperators::between),
          new TorchOperator(
              "aten.clamp_min", "clamp; concatenate, max_pool", c -> bounded(c, true)),
          new TorchOperator(
              "aten.clamp_max", "clamp; concatenate, max_pool", c -> bounded(c, false)),
          extreme("maximum", true),
          extreme("fmax", true),
          extreme("minimum", false),
          extreme("fmin", false),
          new TorchOperator(
              "aten.hardsigmoid", "clamp, add, multiply", c -> c.result(hardsigmoid(c))),
          pointwise("aten.hardswish", "hardswish", Hardswish::new),
          pointwise("aten.silu", "silu", Silu::new),
          new TorchOperator("aten.gelu", "gelu", ActivationOperators::gelu),
          new TorchOperator("aten.leaky_relu", "leaky_relu", c -> leakyRelu(c, c.number(1))),
          new TorchOperator(
              "aten.rrelu", "leaky_relu", "not in training mode", ActivationOperators::rrelu),
          new TorchOperator(
              "aten.prelu",
              "leaky_relu, relu, clamp, multiply, add",
              "constant weight",
              c -> prelu(c)),
          new TorchOperator("aten.elu", "elu", c -> elu(c, c.number(1), c.number(2), c.number(3))),
          new TorchOperator("aten.selu", "elu", c -> elu(c, SELU_ALPHA, SELU_SCALE, 1)),
          new TorchOperator("aten.celu", "elu", c -> elu(c, c.number(1), 1, 1 / c.number(1))),
          new TorchOperator("aten.glu", "slice, sigmoid, multiply", ActivationOperators::glu),
          pointwise("aten.tanh", "tanh", Tanh::new),
          pointwise("aten.sigmoid", "sigmoid", Sigmoid::new));

  private ActivationOperators() {}

  private static TorchOperator pointwise(
      String name, String tensorOp, TensorBuilder.OfElement function) {
    return new TorchOperator(
        name, tensorOp, c -> c.result(c.emit().pointwise(c.value(0), function)));
  }

  /** (input, min, max): of integers the bounds are integers too, cut towards zero. */
  private static TorchValue hardtanh(OperatorCall call) {
    double low = call.number(1);
    double high = call.number(2);
    return call.tensor(0).dtype().isFloating()
        ? clamp(call, low, high)
        : clamp(call, (long) low, (long) high);
  }

  private static TorchValue relu(OperatorCall call) {
    return call.tensor(0).dtype().isFloating()
        ? call.result(call.emit().relu(call.value(0)))
        : clamp(call, 0, INFINITY);
  }

  private static TorchValue gelu(OperatorCall call) {
    String approximation = call.text(1);
    return switch (approximation) {
      case "none" -> gelu(call, false);
      case "tanh" -> gelu(call, true);
      default ->
          throw call.refuse(
              "approximate='%s'; there are 'none' and 'tanh'".formatted(approximation));
    };
  }

  private static TorchValue gelu(OperatorCall call, boolean tanh) {
    return call.result(
        call.emit().pointwise(call.value(0), (r, x, at) -> new Gelu(r, x, tanh, at)));
  }

  private static TorchValue leakyRelu(OperatorCall call, double slope) {
    if (!Double.isFinite(slope)) {
      throw call.refuse("slope %s, which is not finite".formatted(slope));
    }
    return call.result(
        call.emit().pointwise(call.value(0), (r, x, at) -> new LeakyRelu(r, x, slope, at)));
  }

  /** (input, lower, upper, training): in inference the slope is the mean of the bounds. */
  private static TorchValue rrelu(OperatorCall call) {
    if (call.flag(3)) {
      throw call.refuse("the model is in training mode; call model.eval() before exporting it");
    }
    return leakyRelu(call, (call.number(1) + call.number(2)) / 2);
  }

  private static TorchValue elu(OperatorCall call, double alpha, double scale, double inputScale) {
    if (!(scale > 0 && inputScale > 0 && Double.isFinite(scale + inputScale + alpha))) {
      throw call.refuse(
          "alpha %s with scales %s and %s; scales must be positive"
              .formatted(alpha, scale, inputScale));
    }
    return call.result(
        call.emit()
            .pointwise(call.value(0), (r, x, at) -> new Elu(r, x, alpha, scale, inputScale, at)));
  }

  /**
   * max(x, 0) + weight min(x, 0), with a weight for all elements or one for each channel (axis 1).
   */
  private static TorchValue prelu(OperatorCall call) {
    TensorData weight = call.knownTensor(1, "weight").data();
    Value x = call.value(0);
    if (weight.elementCount() == 1) {
      return leakyRelu(call, weight.getDouble(0));
    }
    Shape shape = x.shape();
    if (shape.rank() < 2 || shape.extent(1) != weight.elementCount()) {
      throw call.refuse(
          "%d weights for a tensor of shape %s".formatted(weight.elementCount(), shape));
    }
    List<Integer> extents = new ArrayList<>(Collections.nCopies(shape.rank(), 1));
    extents.set(1, shape.extent(1));
    Value slopes = call.emit().reshape(call.emit().constant(weight, ""), new Shape(extents));
    Value negative = call.emit().clamp(x, -INFINITY, 0);
    return call.result(
        call.emit().add(call.emit().relu(x), call.emit().multiply(negative, slopes)));
  }

  /** The first half of an axis times the logistic function of the second. */
  private static TorchValue glu(OperatorCall call) {
    Value x = call.value(0);
    int axis = call.axis(1, x.shape().rank());
    int extent = x.shape().extent(axis);
    if (extent % 2 != 0) {
      throw call.refuse("axis %d has %d elements, an odd number".formatted(axis, extent));
    }
    Value left = call.emit().slice(x, axis, 0, extent / 2, 1);
    Value gate = call.emit().slice(x, axis, extent / 2, extent, 1);
    return call.result(call.emit().multiply(left, call.emit().pointwise(gate, Sigmoid::new)));
  }

  /** (input, min, max): numbers, or tensors of which one or none may be missing. */
  private static TorchValue between(OperatorCall call) {
    if (call.argument(1) instanceof TorchValue.Tensor
        || call.argument(2) instanceof TorchValue.Tensor) {
      DType promoted = Promotion.ofTensors(call.arguments());
      DType dtype = ReductionOperators.exactType(promoted);
      Value x = call.in(dtype, call.tensor(0));
      if (!call.isNone(1)) {
        x = extreme(call.emit(), x, call.in(dtype, call.argument(1)), true);
      }
      if (!call.isNone(2)) {
        x = extreme(call.emit(), x, call.in(dtype, call.argument(2)), false);
      }
      return exactly(call, x, promoted);
    }
    return clamp(call, call.number(1, -INFINITY), call.number(2, INFINITY));
  }

  /** (input, bound): the bound is a number or a tensor. */
  private static TorchValue bounded(OperatorCall call, boolean isLow) {
    if (call.argument(1) instanceof TorchValue.Tensor) {
      return new OtherOperators(call)
          .run(isLow ? "maximum" : "minimum", call.argument(0), call.argument(1));
    }
    return isLow ? clamp(call, call.number(1), INFINITY) : clamp(call, -INFINITY, call.number(1));
  }

  /** min(max(x, lowest), high); a lower bound above the upper one changes nothing in that. */
  private static TorchValue clamp(OperatorCall call, double lowest, double high) {
    double low = Math.min(lowest, high);
    if (Double.isNaN(low)) {
      throw call.refuse("a bound is not a number");
    }
    if (call.tensor(0) instanceof KnownTensor k && !k.dtype().isFloating()) {
      if (low != Math.rint(low) || high != Math.rint(high)) {
        throw call.refuse("bounds %s and %s of an integer tensor".formatted(low, high));
      }
      long least = (long) low;
      long greatest = (long) high;
      return new KnownTensor(
          HostTensors.map(
              k.data(),
              k.dtype(),
              x -> Math.min(Math.max(x, least), greatest),
              x -> Math.min(Math.max(x, low), high)),
          "");
    }
    if (call.tensor(0).dtype().isFloating()) {
      return call.result(call.emit().clamp(call.value(0), low, high));
    }
    if (isFraction(low) || isFraction(high)) {
      Value x = call.in(DType.F32, call.tensor(0));
      return call.result(call.emit().clamp(x, low, high), DType.F32);
    }
    DType dtype = call.tensor(0).dtype();
    return call.result(call.emit().clamp(call.in(dtype, call.tensor(0)), low, high), dtype);
  }

  private static boolean isFraction(double bound) {
    return !Double.isInfinite(bound) && bound != Math.rint(bound);
  }

  private static TorchOperator extreme(String name, boolean greatest) {
    return new TorchOperator(
        "aten." + name,
        "clamp; concatenate, max_pool",
        "clamp where one is a constant of one element",
        c -> extreme(c, greatest));
  }

  /** The greater, or the smaller, of two tensors. */
  static TorchValue extreme(OperatorCall call, boolean greatest) {
    if (call.argument(0) instanceof KnownTensor && call.argument(1) instanceof KnownTensor) {
      return greatest
          ? ArithmeticOperators.known(call, Math::max, Math::max, false)
          : ArithmeticOperators.known(call, Math::min, Math::min, false);
    }
    DType promoted = Promotion.of(call.arguments().subList(0, 2));
    DType dtype = ReductionOperators.exactType(promoted);
    int constant = call.argument(1) instanceof KnownTensor ? 1 : 0;
    if (call.argument(constant) instanceof KnownTensor k && k.data().elementCount() == 1) {
      double c = k.data().getDouble(0);
      Value other = call.in(dtype, call.argument(1 - constant));
      Value out = call.emit().clamp(other, greatest ? c : -INFINITY, greatest ? INFINITY : c);
      return exactly(
          call, call.emit().broadcast(out, Shapes.broadcast(other.shape(), k.shape())), promoted);
    }
    Value left = call.in(dtype, call.argument(0));
    Value right = call.in(dtype, call.argument(1));
    return exactly(call, extreme(call.emit(), left, right, greatest), promoted);
  }

  /** A result that was computed exactly, in the type that it has in PyTorch. */
  private static Tensor exactly(OperatorCall call, Value value, DType dtype) {
    return call.result(dtype.isFloating() ? value : call.emit().cast(value, dtype), dtype);
  }

  /** The maximum, or minimum, along a new last axis that holds both. */
  static Value extreme(TensorEmitter emit, Value left, Value right, boolean greatest) {
    Shape shape = emit.broadcast(left.shape(), right.shape());
    List<Integer> apart = new ArrayList<>(shape.extents());
    apart.add(1);
    Value both =
        emit.concatenate(
            List.of(
                emit.reshape(emit.broadcast(left, shape), new Shape(apart)),
                emit.reshape(emit.broadcast(right, shape), new Shape(apart))),
            shape.rank());
    return emit.reshape(ReductionOperators.extreme(emit, both, greatest), shape);
  }

  /** clamp(x + 3, 0, 6) / 6. */
  private static Value hardsigmoid(OperatorCall call) {
    Value shifted = call.emit().add(call.value(0), call.emit().scalar(3));
    return call.emit().multiply(call.emit().clamp(shifted, 0, 6), call.emit().scalar(1.0 / 6));
  }
}
