package org.zkc.passes.torch;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.zkc.passes.torch.TorchValue.ComplexTensor;
import org.zkc.passes.torch.TorchValue.DataDependent;
import org.zkc.passes.torch.TorchValue.QuantizedTensor;
import org.zkc.passes.torch.TorchValue.Refused;
import org.zkc.passes.torch.TorchValue.TracedTensor;

/**
 * Operators that are computed while compiling where all that they need is known: strings, lists and
 * constant tensors. They come before {@link TorchOperatorTable}, which has the meaning of the same
 * names for tensors that depend on the input.
 */
final class HostFunctions {
  private static final Map<String, HostFunction> BY_NAME = new TreeMap<>();

  static {
    Stream.of(
            LargeIntegers.ALL,
            ExactIntegers.ALL,
            StringFunctions.ALL,
            ContainerFunctions.ALL,
            NumberFunctions.ALL,
            ConstantReductions.ALL,
            ConstantSelections.ALL,
            ConstantOrders.ALL)
        .flatMap(all -> all.entrySet().stream())
        .forEach(e -> BY_NAME.merge(e.getKey(), e.getValue(), HostFunctions::either));
  }

  private HostFunctions() {}

  private static HostFunction either(HostFunction first, HostFunction second) {
    return call -> first.apply(call).or(() -> second.apply(call));
  }

  static Optional<TorchValue> apply(OperatorCall call) {
    HostFunction function = BY_NAME.get(call.operator());
    return function == null ? Optional.empty() : function.apply(call);
  }

  static Set<String> names() {
    return BY_NAME.keySet();
  }

  /** A function for calls whose tensors are all constant. */
  static HostFunction ofConstants(OperatorLowering lowering) {
    return call -> isKnown(call.arguments()) ? Optional.of(lowering.lower(call)) : Optional.empty();
  }

  /** Whether none of the values, nor of those in their lists, depends on the input. */
  static boolean isKnown(List<TorchValue> values) {
    for (TorchValue value : values) {
      boolean open =
          value instanceof TracedTensor
              || value instanceof QuantizedTensor
              || value instanceof ComplexTensor
              || value instanceof DataDependent
              || value instanceof Refused;
      if (open || !value.sequence().map(HostFunctions::isKnown).orElse(true)) {
        return false;
      }
    }
    return true;
  }
}
