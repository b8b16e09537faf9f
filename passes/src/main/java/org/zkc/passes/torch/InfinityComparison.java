package org.zkc.passes.torch;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.IntPredicate;
import org.zkc.ir.DType;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Add;
import org.zkc.ir.tensor.TensorOp;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.TracedTensor;

/**
 * Comparisons of computed real numbers with infinity, as decomposed attention and log-sum-exp make
 * them. Everything that is computed here is finite, but for what a constant mask takes out of a
 * softmax: the comparison is known.
 */
final class InfinityComparison {
  private InfinityComparison() {}

  /** The comparison's result; empty where neither operand is an infinite number. */
  static Optional<TorchValue> of(OperatorCall call, IntPredicate wanted) {
    for (int side = 0; side < 2; side++) {
      OptionalDouble number = call.argument(1 - side).number();
      if (number.isPresent()
          && Double.isInfinite(number.getAsDouble())
          && call.argument(side) instanceof TracedTensor t
          && t.dtype().isFloating()) {
        TensorData computed = standIn(call, t.value());
        TensorData infinity = HostTensors.scalar(number.getAsDouble());
        TensorData left = side == 0 ? computed : infinity;
        TensorData right = side == 0 ? infinity : computed;
        return Optional.of(
            new KnownTensor(HostTensors.compare(left, right, DType.F64, wanted), ""));
      }
    }
    return Optional.empty();
  }

  /** Zeros, and minus infinity where a constant mask is added that excludes the element. */
  private static TensorData standIn(OperatorCall call, Value value) {
    TensorData zeros = HostTensors.broadcast(HostTensors.scalar(0.0), value.shape());
    Optional<TensorOp> definition = call.emit().definition(value);
    if (definition.isEmpty() || !(definition.get() instanceof Add add)) {
      return zeros;
    }
    for (Value addend : List.of(add.left(), add.right())) {
      Optional<TensorData> mask =
          call.emit().known(addend).map(c -> c.data()).or(() -> call.emit().computed(addend));
      if (mask.isPresent()) {
        TensorData masked =
            HostTensors.map(
                HostTensors.cast(mask.get(), DType.F64),
                DType.F64,
                x -> x,
                x -> x == -Float.MAX_VALUE ? Double.NEGATIVE_INFINITY : 0);
        TensorData whole = HostTensors.broadcast(masked, value.shape());
        requireSomeOfEachLine(call, whole);
        return whole;
      }
    }
    return zeros;
  }

  /**
   * The least number of single precision stands for minus infinity and for itself. The two differ
   * in lines of which nothing is left.
   */
  private static void requireSomeOfEachLine(OperatorCall call, TensorData mask) {
    int rank = mask.shape().rank();
    int length = rank == 0 ? 1 : mask.shape().extent(rank - 1);
    double[] elements = mask.toDoubles();
    for (int line = 0; line + length <= elements.length; line += length) {
      boolean some = false;
      for (int i = 0; i < length && !some; i++) {
        some = elements[line + i] == 0;
      }
      if (!some) {
        throw call.refuse("a constant mask excludes all of a line");
      }
    }
  }
}
