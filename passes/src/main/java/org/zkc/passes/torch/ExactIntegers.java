package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.LongBinaryOperator;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.passes.torch.TorchValue.KnownTensor;

/**
 * Functions of constant tensors of integers, in 64 bits and wrapped to the element type. They stand
 * before those of {@link ConstantReductions}, which count in doubles and round integers from 2^53
 * on.
 */
final class ExactIntegers {
  static final Map<String, HostFunction> ALL =
      Map.ofEntries(
          entry("aten.abs", (call, x) -> Optional.of(absolute(x))),
          entry("aten.sum", (call, x) -> reduced(call, x, 0, Long::sum)),
          entry("aten.prod", (call, x) -> reduced(call, x, 1, (a, b) -> a * b)),
          entry("aten.amax", (call, x) -> extreme(call, x, Long.MIN_VALUE, Math::max)),
          entry("aten.amin", (call, x) -> extreme(call, x, Long.MAX_VALUE, Math::min)),
          entry("aten.cumsum", (call, x) -> running(call, x, Long::sum)),
          entry("aten.cumprod", (call, x) -> running(call, x, (a, b) -> a * b)));

  private ExactIntegers() {}

  /** A function of a call whose first argument is a constant tensor of integers. */
  private interface OfIntegers {
    Optional<TorchValue> apply(OperatorCall call, TensorData integers);
  }

  private static Map.Entry<String, HostFunction> entry(String name, OfIntegers function) {
    return Map.entry(
        name,
        call ->
            HostFunctions.isKnown(call.arguments())
                    && call.argument(0) instanceof KnownTensor k
                    && !k.dtype().isFloating()
                    && k.dtype() != DType.I1
                ? function.apply(call, k.data())
                : Optional.empty());
  }

  private static KnownTensor known(DType dtype, Shape shape, long[] elements) {
    return new KnownTensor(
        HostTensors.cast(TensorData.ofLongs(DType.I64, shape, elements), dtype), "");
  }

  private static KnownTensor absolute(TensorData x) {
    return new KnownTensor(HostTensors.map(x, x.dtype(), Math::abs, Math::abs), "");
  }

  /** (self, dim, keepdim) over axes that are named. */
  private static Optional<TorchValue> extreme(
      OperatorCall call, TensorData x, long initial, LongBinaryOperator greater) {
    return call.isNone(1) || x.elementCount() == 0
        ? Optional.empty()
        : Optional.of(folded(call, x, x.dtype(), 1, initial, greater));
  }

  /** Overload "" is (self, dtype); those with axes are (self, dim, keepdim, dtype). */
  private static Optional<TorchValue> reduced(
      OperatorCall call, TensorData x, long initial, LongBinaryOperator operator) {
    boolean whole = call.overload().isEmpty();
    if (!whole && !call.overload().startsWith("dim")) {
      return Optional.empty();
    }
    int dtypeAt = whole ? 1 : 3;
    DType dtype =
        call.isNone(dtypeAt) ? DType.I64 : CastOperators.dtype(call, call.integer(dtypeAt));
    return dtype.isFloating()
        ? Optional.empty()
        : Optional.of(
            folded(call, x, dtype, whole ? call.arguments().size() : 1, initial, operator));
  }

  /** The fold over the axes of an argument, over all of them where there is none. */
  private static KnownTensor folded(
      OperatorCall call,
      TensorData x,
      DType dtype,
      int axesAt,
      long initial,
      LongBinaryOperator operator) {
    Shape shape = x.shape();
    TreeSet<Integer> axes = new TreeSet<>();
    if (!call.isNone(axesAt)) {
      call.integers(axesAt).forEach(a -> axes.add(call.resolveAxis(a, shape.rank())));
    }
    boolean keep = axesAt < call.arguments().size() && call.flag(axesAt + 1);
    List<Integer> kept = new ArrayList<>();
    List<Integer> visible = new ArrayList<>();
    for (int k = 0; k < shape.rank(); k++) {
      boolean gone = axes.isEmpty() || axes.contains(k);
      kept.add(gone ? 1 : shape.extent(k));
      if (!gone || keep) {
        visible.add(kept.getLast());
      }
    }
    long[] own = shape.strides();
    long[] strides = new Shape(kept).strides();
    long[] out = new long[Math.toIntExact(new Shape(kept).elementCount())];
    Arrays.fill(out, initial);
    for (int i = 0; i < x.elementCount(); i++) {
      int at = 0;
      for (int k = 0; k < shape.rank(); k++) {
        at += kept.get(k) == 1 ? 0 : (int) (i / own[k] % shape.extent(k) * strides[k]);
      }
      out[at] = operator.applyAsLong(out[at], x.getLong(i));
    }
    return known(dtype, new Shape(visible), out);
  }

  /** (self, dim, dtype): of all elements up to each. */
  private static Optional<TorchValue> running(
      OperatorCall call, TensorData x, LongBinaryOperator operator) {
    DType dtype = call.isNone(2) ? DType.I64 : CastOperators.dtype(call, call.integer(2));
    Shape shape = x.shape();
    if (dtype.isFloating() || shape.rank() == 0) {
      return Optional.empty();
    }
    int axis = call.axis(1, shape.rank());
    int inner = Math.toIntExact(shape.strides()[axis]);
    long[] out = new long[Math.toIntExact(x.elementCount())];
    for (int i = 0; i < out.length; i++) {
      out[i] =
          i / inner % shape.extent(axis) == 0
              ? x.getLong(i)
              : operator.applyAsLong(out[i - inner], x.getLong(i));
    }
    return Optional.of(known(dtype, shape, out));
  }
}
