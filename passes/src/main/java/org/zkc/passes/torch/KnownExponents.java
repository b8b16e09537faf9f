package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.TracedTensor;

/**
 * Powers of computed numbers by a tensor of known whole numbers: each number is raised to its own
 * one, as it is where a program names a single exponent. So negative bases have their powers, which
 * exp(y log(x)) has not.
 */
final class KnownExponents {
  /** Exponents that differ, each of which is an operation. */
  private static final int MOST_EXPONENTS = 16;

  /** Elements whose places are listed. */
  private static final long MOST_ELEMENTS = 1 << 20;

  private KnownExponents() {}

  /** The power; empty where exponents are computed or no whole numbers, or too many differ. */
  static Optional<TorchValue> power(OperatorCall call) {
    if (!(call.argument(0) instanceof TracedTensor base)
        || !base.dtype().isFloating()
        || !(call.argument(1) instanceof KnownTensor exponents)) {
      return Optional.empty();
    }
    Shape shape = call.emit().broadcast(base.shape(), exponents.shape());
    if (shape.elementCount() > MOST_ELEMENTS) {
      return Optional.empty();
    }
    TensorData each = HostTensors.broadcast(exponents.data(), shape);
    Map<Double, List<Integer>> places = new LinkedHashMap<>();
    for (int i = 0; i < shape.elementCount(); i++) {
      double exponent = each.getDouble(i);
      places.computeIfAbsent(exponent, e -> new ArrayList<>()).add(i);
      if (exponent != Math.rint(exponent) || places.size() > MOST_EXPONENTS) {
        return Optional.empty();
      }
    }
    DType dtype = Promotion.of(call.arguments().subList(0, 2));
    TracedTensor whole = new TracedTensor(call.emit().broadcast(base.value(), shape), base.dtype());
    List<TorchValue.Tensor> powers = new ArrayList<>();
    int[] source = new int[Math.toIntExact(shape.elementCount())];
    int[] at = new int[source.length];
    for (Map.Entry<Double, List<Integer>> entry : places.entrySet()) {
      int[] own = entry.getValue().stream().mapToInt(Integer::intValue).toArray();
      for (int i = 0; i < own.length; i++) {
        source[own[i]] = powers.size();
        at[own[i]] = i;
      }
      TorchValue picked =
          Mosaic.selected(whole, new Positions(Shape.of(own.length), own))
              .build(call, base.dtype());
      OperatorCall single =
          new OperatorCall(
              call.operator(),
              call.overload(),
              List.of(picked, new TorchValue.Float(entry.getKey())),
              call.location(),
              call.emit());
      powers.add(call.tensorOf(ArithmeticOperators.pow(single)));
    }
    return Optional.of(new Mosaic(shape, powers, source, at).build(call, dtype));
  }
}
