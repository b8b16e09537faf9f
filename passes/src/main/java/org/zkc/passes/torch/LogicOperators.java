package org.zkc.passes.torch;

import java.util.List;
import java.util.function.DoubleBinaryOperator;
import org.zkc.ir.DType;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Comparison;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.Tensor;
import org.zkc.passes.torch.TorchValue.TracedTensor;

/**
 * Logic on the truth of elements: on the host when all is known. Otherwise a conjunction is a
 * product of booleans, and all else is made of conjunctions, complements and comparisons.
 */
final class LogicOperators {
  static final List<TorchOperator> ALL =
      List.of(
          new TorchOperator("aten.logical_not", "subtract", "", c -> not(c, c.argument(0))),
          operator("logical_and", (x, y) -> x != 0 && y != 0 ? 1 : 0, LogicOperators::and),
          operator("logical_or", (x, y) -> x != 0 || y != 0 ? 1 : 0, LogicOperators::or),
          operator("logical_xor", (x, y) -> x != 0 ^ y != 0 ? 1 : 0, LogicOperators::xor));

  private LogicOperators() {}

  /** A connective of two booleans. */
  @FunctionalInterface
  interface Connective {
    TorchValue of(OperatorCall call, TorchValue left, TorchValue right);
  }

  private static TorchOperator operator(
      String name, DoubleBinaryOperator onHost, Connective traced) {
    return new TorchOperator(
        "aten." + name,
        "multiply, subtract",
        "",
        call -> {
          if (isTraced(call)) {
            return traced.of(call, truth(call, call.argument(0)), truth(call, call.argument(1)));
          }
          TensorData out =
              HostTensors.zip(
                  ArithmeticOperators.data(call, 0),
                  ArithmeticOperators.data(call, 1),
                  DType.F64,
                  (x, y) -> 0,
                  onHost);
          return new KnownTensor(HostTensors.cast(out, DType.I1), "");
        });
  }

  /** Whether one of the first two arguments depends on the input. */
  static boolean isTraced(OperatorCall call) {
    return call.argument(0) instanceof TracedTensor || call.argument(1) instanceof TracedTensor;
  }

  /** The truth of each element: whether it is not 0. */
  static TorchValue truth(OperatorCall call, TorchValue value) {
    return switch (value) {
      case TracedTensor t when t.dtype() == DType.I1 -> t;
      case TracedTensor t when isChoice(call, t) -> call.emit().choices().truth(call, t);
      case TracedTensor t ->
          call.result(call.emit().compareZero(t.value(), Comparison.NOT_EQUAL), DType.I1);
      default ->
          new KnownTensor(HostTensors.cast(ArithmeticOperators.data(call, value), DType.I1), "");
    };
  }

  /** Integers that would be a choice only if an input held nothing but 0 and 1 are compared. */
  private static boolean isChoice(OperatorCall call, TracedTensor tensor) {
    return call.emit()
        .choices()
        .of(tensor.value())
        .filter(c -> tensor.dtype().isFloating() || !c.isAssumed())
        .isPresent();
  }

  static TorchValue not(OperatorCall call, TorchValue value) {
    return switch (truth(call, value)) {
      case KnownTensor k ->
          new KnownTensor(HostTensors.map(k.data(), DType.I1, x -> 1 - x, x -> x), "");
      case TorchValue t -> {
        Value one = call.in(DType.I1, new TorchValue.Int(1));
        yield call.result(call.emit().subtract(one, call.in(DType.I1, t)), DType.I1);
      }
    };
  }

  static TorchValue and(OperatorCall call, TorchValue left, TorchValue right) {
    return call.result(
        call.emit().multiply(call.in(DType.I1, left), call.in(DType.I1, right)), DType.I1);
  }

  static TorchValue or(OperatorCall call, TorchValue left, TorchValue right) {
    return not(call, and(call, not(call, left), not(call, right)));
  }

  static TorchValue xor(OperatorCall call, TorchValue left, TorchValue right) {
    Value difference = call.emit().subtract(call.in(DType.I64, left), call.in(DType.I64, right));
    return call.result(call.emit().compareZero(difference, Comparison.NOT_EQUAL), DType.I1);
  }

  /** Whether both are booleans, of which the bitwise operators are the logical ones. */
  static boolean areBooleans(OperatorCall call, int count) {
    for (int i = 0; i < count; i++) {
      boolean isBoolean =
          switch (call.argument(i)) {
            case Tensor t -> t.dtype() == DType.I1;
            case TorchValue.Bool b -> true;
            default -> false;
          };
      if (!isBoolean) {
        return false;
      }
    }
    return true;
  }
}
