package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.ListOf;

/**
 * Operators that only move elements, of constant integers that f32 does not hold. The tensor level
 * holds its constants as f32, so that such an operator moves the places of the elements instead,
 * and the integers are taken from there.
 */
final class LargeIntegers {
  static final Map<String, HostFunction> ALL =
      Stream.of(
              "reshape",
              "view",
              "flatten",
              "slice",
              "select",
              "permute",
              "transpose",
              "expand",
              "squeeze",
              "unsqueeze",
              "flip",
              "index_select",
              "gather",
              "cat",
              "stack")
          .map(name -> "aten." + name)
          .collect(Collectors.toUnmodifiableMap(Function.identity(), _ -> LargeIntegers::moved));

  /** f32 holds all integers up to here. */
  private static final long EXACT = 1L << 24;

  private LargeIntegers() {}

  private static Optional<TorchValue> moved(OperatorCall call) {
    if (!HostFunctions.isKnown(call.arguments())) {
      return Optional.empty();
    }
    TorchValue first = call.argument(0);
    List<TorchValue> tensors = first instanceof ListOf list ? list.elements() : List.of(first);
    List<TensorData> parts = new ArrayList<>();
    long count = 0;
    for (TorchValue each : tensors) {
      if (!(each instanceof KnownTensor k) || k.dtype().isFloating() || k.dtype() == DType.I1) {
        return Optional.empty();
      }
      parts.add(k.data());
      count += k.data().elementCount();
    }
    if (count > EXACT
        || parts.stream().noneMatch(LargeIntegers::isLarge)
        || parts.stream().map(TensorData::dtype).distinct().count() != 1) {
      return Optional.empty();
    }
    long[] all = new long[(int) count];
    List<TorchValue> places = new ArrayList<>();
    int at = 0;
    for (TensorData part : parts) {
      long[] own = new long[Math.toIntExact(part.elementCount())];
      for (int i = 0; i < own.length; i++) {
        own[i] = at;
        all[at++] = part.getLong(i);
      }
      places.add(new KnownTensor(TensorData.ofLongs(DType.I64, part.shape(), own), ""));
    }
    List<TorchValue> arguments = new ArrayList<>(call.arguments());
    arguments.set(0, first instanceof ListOf ? new ListOf(places) : places.getFirst());
    TorchValue moved =
        PartialEvaluation.evaluate(
            new OperatorCall(
                call.operator(), call.overload(), arguments, call.location(), call.emit()));
    if (!(moved instanceof KnownTensor k)) {
      return Optional.empty();
    }
    Shape shape = k.shape();
    long[] out = new long[Math.toIntExact(shape.elementCount())];
    for (int i = 0; i < out.length; i++) {
      out[i] = all[(int) k.data().getLong(i)];
    }
    return Optional.of(
        new KnownTensor(TensorData.ofLongs(parts.getFirst().dtype(), shape, out), ""));
  }

  private static boolean isLarge(TensorData data) {
    for (long i = 0; i < data.elementCount(); i++) {
      if (Math.abs(data.getLong(i)) > EXACT || data.getLong(i) == Long.MIN_VALUE) {
        return true;
      }
    }
    return false;
  }
}
