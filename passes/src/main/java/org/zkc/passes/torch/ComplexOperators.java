package org.zkc.passes.torch;

import java.util.List;
import java.util.function.Function;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.Value;
import org.zkc.passes.torch.TorchValue.ComplexTensor;
import org.zkc.passes.torch.TorchValue.Tensor;

/** Operators that make complex tensors of real ones, and what complex ones have on real ones. */
final class ComplexOperators {
  static final List<TorchOperator> ALL =
      List.of(
          new TorchOperator("aten.view_as_complex", "slice, reshape", ComplexOperators::viewed),
          new TorchOperator(
              "aten.complex", "identity", c -> new ComplexTensor(c.tensor(0), c.tensor(1))),
          new TorchOperator(
              "aten.polar",
              "pointwise, multiply",
              c -> polar(c, PartialEvaluation::evaluate, c.tensor(0), c.tensor(1))),
          new TorchOperator(
              "aten.view_as_real",
              "concatenate",
              "of complex tensors",
              c -> {
                throw c.refuse("its argument is real");
              }),
          new TorchOperator("aten.real", "identity", c -> c.tensor(0)),
          new TorchOperator(
              "aten.angle",
              "atan2",
              "of complex tensors",
              c -> {
                throw c.refuse("the angle of real numbers; use torch.where(x < 0, torch.pi, 0.0)");
              }));

  private ComplexOperators() {}

  /** The last axis holds real and imaginary part. */
  private static TorchValue viewed(OperatorCall call) {
    Shape shape = call.tensor(0).shape();
    int last = shape.rank() - 1;
    if (last < 0 || shape.extent(last) != 2) {
      throw call.refuse(
          "a tensor of shape %s, whose last axis does not hold two elements".formatted(shape));
    }
    return new ComplexTensor(part(call, last, 0), part(call, last, 1));
  }

  private static Tensor part(OperatorCall call, int axis, int index) {
    Value x = call.value(0);
    Shape shape = new Shape(x.shape().extents().subList(0, axis));
    Value part = call.emit().slice(x, axis, index, index + 1, 1);
    return call.result(call.emit().reshape(part, shape), DType.F32);
  }

  /** Numbers of these lengths and angles. */
  static ComplexTensor polar(
      OperatorCall call, Function<OperatorCall, TorchValue> evaluate, Tensor length, Tensor angle) {
    return new ComplexTensor(
        projection(call, evaluate, length, angle, "cos"),
        projection(call, evaluate, length, angle, "sin"));
  }

  private static Tensor projection(
      OperatorCall call,
      Function<OperatorCall, TorchValue> evaluate,
      Tensor length,
      Tensor angle,
      String function) {
    TorchValue share =
        evaluate.apply(
            new OperatorCall("aten." + function, "", List.of(angle), call.location(), call.emit()));
    return (Tensor)
        evaluate.apply(
            new OperatorCall("aten.mul", "", List.of(length, share), call.location(), call.emit()));
  }
}
