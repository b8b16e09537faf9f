package org.zkc.passes.torch;

import java.util.List;
import org.zkc.ir.Shapes;
import org.zkc.ir.Value;
import org.zkc.passes.torch.TorchValue.KnownTensor;

/** Functions of one element. */
final class ActivationOperators {
  private static final double INFINITY = Double.POSITIVE_INFINITY;

  static final List<TorchOperator> ALL =
      List.of(
          new TorchOperator("aten.relu", "relu", c -> c.result(c.emit().relu(c.value(0)))),
          new TorchOperator("aten.relu6", "clamp", c -> c.result(c.emit().clamp(c.value(0), 0, 6))),
          new TorchOperator("aten.hardtanh", "clamp", c -> clamp(c, c.number(1), c.number(2))),
          new TorchOperator(
              "aten.clamp",
              "clamp",
              "constant bounds",
              c -> clamp(c, c.number(1, -INFINITY), c.number(2, INFINITY))),
          new TorchOperator(
              "aten.clip",
              "clamp",
              "constant bounds",
              c -> clamp(c, c.number(1, -INFINITY), c.number(2, INFINITY))),
          new TorchOperator(
              "aten.clamp_min", "clamp", "constant bound", c -> clamp(c, c.number(1), INFINITY)),
          new TorchOperator(
              "aten.clamp_max", "clamp", "constant bound", c -> clamp(c, -INFINITY, c.number(1))),
          new TorchOperator(
              "aten.maximum",
              "clamp",
              "one argument a constant of one element",
              c -> bound(c, true)),
          new TorchOperator(
              "aten.minimum",
              "clamp",
              "one argument a constant of one element",
              c -> bound(c, false)),
          new TorchOperator(
              "aten.hardsigmoid", "clamp, add, multiply", c -> c.result(hardsigmoid(c))),
          new TorchOperator(
              "aten.hardswish",
              "clamp, add, multiply",
              c -> c.result(c.emit().multiply(c.value(0), hardsigmoid(c)))),
          new TorchOperator("aten.tanh", "tanh", c -> c.result(c.emit().tanh(c.value(0)))),
          new TorchOperator(
              "aten.sigmoid", "sigmoid", c -> c.result(c.emit().sigmoid(c.value(0)))));

  private ActivationOperators() {}

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
    return call.result(call.emit().clamp(call.value(0), low, high));
  }

  /** max(x, c) and min(x, c) with a constant c. */
  private static TorchValue bound(OperatorCall call, boolean lower) {
    int constant = call.argument(1) instanceof KnownTensor ? 1 : 0;
    if (!(call.argument(constant) instanceof KnownTensor k) || k.data().elementCount() != 1) {
      throw call.refuse(
          "the larger or smaller of two tensors, where one must be a constant of one element");
    }
    double c = k.data().getDouble(0);
    Value other = call.value(1 - constant);
    Value out = call.emit().clamp(other, lower ? c : -INFINITY, lower ? INFINITY : c);
    return call.result(call.emit().broadcast(out, Shapes.broadcast(other.shape(), k.shape())));
  }

  /** clamp(x + 3, 0, 6) / 6. */
  private static Value hardsigmoid(OperatorCall call) {
    Value shifted = call.emit().add(call.value(0), call.emit().scalar(3));
    return call.emit().multiply(call.emit().clamp(shifted, 0, 6), call.emit().scalar(1.0 / 6));
  }
}
