package org.zkc.passes.torch;

import java.util.List;
import java.util.stream.Stream;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.TracedTensor;

/**
 * Choices by masks: on the host when all is known, otherwise mask times one and its complement times
 * the other.
 */
final class SelectionOperators {
  static final List<TorchOperator> ALL =
      List.of(
          new TorchOperator(
              "aten.where", "multiply, add", "of three arguments", SelectionOperators::where),
          new TorchOperator(
              "aten.masked_fill",
              "multiply, add",
              "fills that are no stand-in for infinity",
              SelectionOperators::maskedFill));

  /** A fill beyond this stands for infinity: no integers hold it beside other numbers. */
  private static final double MOST = 1e9;

  private SelectionOperators() {}

  /** (condition, self, other). */
  private static TorchValue where(OperatorCall call) {
    if (call.arguments().size() < 3) {
      throw call.unsupported();
    }
    DType dtype = Promotion.of(call.arguments().subList(1, 3));
    return chosen(call, call.argument(0), call.argument(1), call.argument(2), dtype);
  }

  /** (self, mask, value). */
  private static TorchValue maskedFill(OperatorCall call) {
    return chosen(
        call, call.argument(1), call.argument(2), call.argument(0), call.tensor(0).dtype());
  }

  private static TorchValue chosen(
      OperatorCall call, TorchValue mask, TorchValue yes, TorchValue no, DType dtype) {
    if (Stream.of(mask, yes, no).noneMatch(TracedTensor.class::isInstance)) {
      return onHost(
          ArithmeticOperators.data(call, mask),
          ArithmeticOperators.data(call, yes),
          ArithmeticOperators.data(call, no),
          dtype);
    }
    TensorEmitter emit = call.emit();
    requireModest(call, yes);
    requireModest(call, no);
    Value whenTrue = call.in(dtype, yes);
    Value whenFalse = call.in(dtype, no);
    Shape shape =
        emit.broadcast(
            call.tensorOf(mask).shape(), emit.broadcast(whenTrue.shape(), whenFalse.shape()));
    Value one = call.in(dtype, truth(call, mask));
    Value zero = call.in(dtype, LogicOperators.not(call, truth(call, mask)));
    Value sum = emit.add(emit.multiply(one, whenTrue), emit.multiply(zero, whenFalse));
    return call.result(emit.broadcast(sum, shape), dtype);
  }

  private static TorchValue truth(OperatorCall call, TorchValue mask) {
    return LogicOperators.truth(call, mask);
  }

  private static void requireModest(OperatorCall call, TorchValue value) {
    boolean modest =
        switch (value) {
          case KnownTensor k -> {
            double most = 0;
            for (long i = 0; i < k.data().elementCount(); i++) {
              most = Math.max(most, Math.abs(k.data().getDouble(i)));
            }
            yield most <= MOST;
          }
          case TracedTensor t -> true;
          default -> Math.abs(value.number().orElse(0)) <= MOST;
        };
    if (!modest) {
      throw call.refuse(
          "a fill that stands for infinity; only before a softmax can it be proved, elsewhere use a number of the size of the others");
    }
  }

  private static TorchValue onHost(
      TensorData condition, TensorData whenTrue, TensorData whenFalse, DType dtype) {
    DType wide = dtype.isFloating() ? DType.F64 : DType.I64;
    TensorData yes = HostTensors.cast(HostTensors.cast(whenTrue, dtype), wide);
    TensorData no = HostTensors.cast(HostTensors.cast(whenFalse, dtype), wide);
    TensorData mask = HostTensors.cast(condition, wide);
    TensorData taken =
        HostTensors.zip(mask, yes, wide, (c, y) -> c != 0 ? y : 0, (c, y) -> c != 0 ? y : 0);
    TensorData rest =
        HostTensors.zip(mask, no, wide, (c, n) -> c != 0 ? 0 : n, (c, n) -> c != 0 ? 0 : n);
    // One of the two terms is 0 everywhere.
    TensorData out = HostTensors.zip(taken, rest, wide, Long::sum, Double::sum);
    return new KnownTensor(HostTensors.cast(out, dtype), "");
  }
}
