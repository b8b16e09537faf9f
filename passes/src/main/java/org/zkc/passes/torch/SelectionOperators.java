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
 * Choices by masks: on the host when all is known, otherwise mask times one and its complement
 * times the other.
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

  /** Fills below this are no numbers beside others but masks, as -10000 and -1e9 are. */
  private static final double VANISHES = -9999;

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

  /** The one value where a mask is true, the other elsewhere. */
  static TorchValue chosen(
      OperatorCall call, TorchValue mask, TorchValue yes, TorchValue no, DType dtype) {
    if (Stream.of(mask, yes, no).noneMatch(TracedTensor.class::isInstance)) {
      return onHost(
          ArithmeticOperators.data(call, mask),
          ArithmeticOperators.data(call, yes),
          ArithmeticOperators.data(call, no),
          dtype);
    }
    if (mask instanceof KnownTensor known && dtype.isFloating()) {
      if (no instanceof TracedTensor t && !(yes instanceof TracedTensor)) {
        return filled(call, t, indicator(known, true), yes, dtype);
      }
      if (yes instanceof TracedTensor t && !(no instanceof TracedTensor)) {
        return filled(call, t, indicator(known, false), no, dtype);
      }
    }
    TensorEmitter emit = call.emit();
    if (dtype.isFloating() && mask instanceof TracedTensor) {
      if (no instanceof TracedTensor t && vanishes(yes)) {
        return excluded(call, t, LogicOperators.not(call, truth(call, mask)), yes, dtype);
      }
      if (yes instanceof TracedTensor t && vanishes(no)) {
        return excluded(call, t, truth(call, mask), no, dtype);
      }
    }
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

  /** Whether a constant is so far below zero, everywhere, that it takes an element out. */
  private static boolean vanishes(TorchValue value) {
    return value instanceof KnownTensor k
        ? k.dtype().isFloating()
            && k.shape().elementCount() > 0
            && vanishes(k.data().getDouble(0))
            && Choices.isAll(k, k.data().getDouble(0))
        : !(value instanceof TracedTensor) && vanishes(value.number().orElse(0));
  }

  /** A value where it is included, elsewhere a constant that a softmax makes 0 of. */
  private static TorchValue excluded(
      OperatorCall call, TracedTensor kept, TorchValue included, TorchValue constant, DType dtype) {
    TensorEmitter emit = call.emit();
    Value mask = call.in(DType.I1, included);
    double fill =
        finite(
            constant instanceof KnownTensor k
                ? k.data().getDouble(0)
                : constant.number().orElseThrow());
    Value one = call.in(dtype, included);
    Value product = emit.multiply(kept.value(), one);
    Value addend =
        emit.multiply(call.in(dtype, LogicOperators.not(call, included)), emit.scalar(fill));
    Value part = emit.add(product, addend);
    Value sum =
        constant instanceof KnownTensor k
            ? emit.broadcast(part, emit.broadcast(part.shape(), k.shape()))
            : part;
    emit.choices().note(sum, new Choices.Fill(kept.value(), mask));
    emit.infinities().note(sum, product, one, fill);
    return call.result(sum, dtype);
  }

  /** 1 where the condition is {@code wanted}, else 0. */
  private static TensorData indicator(KnownTensor condition, boolean wanted) {
    return HostTensors.map(
        HostTensors.cast(condition.data(), DType.F32),
        DType.F32,
        x -> x,
        x -> (x != 0) == wanted ? 1 : 0);
  }

  /**
   * A value where {@code replaced} is 0, a constant of any size where it is 1: x keep + c, with
   * keep 1 or 0, which the mask of a softmax is made of.
   */
  private static TorchValue filled(
      OperatorCall call, TracedTensor kept, TensorData replaced, TorchValue constant, DType dtype) {
    TensorEmitter out = call.emit();
    TensorData keep = HostTensors.map(replaced, DType.F32, x -> x, x -> 1 - x);
    TensorData addend =
        HostTensors.zip(
            replaced,
            HostTensors.cast(ArithmeticOperators.data(call, constant), DType.F32),
            DType.F32,
            (c, x) -> 0,
            (c, x) -> c == 0 ? 0 : finite(x));
    Value one = out.constant(keep, "");
    Value product = out.multiply(call.in(dtype, kept), one);
    if (isZero(addend)) {
      return call.result(
          out.broadcast(product, out.broadcast(product.shape(), addend.shape())), dtype);
    }
    Value sum = out.add(product, out.constant(addend, ""));
    TensorData fill = ArithmeticOperators.data(call, constant);
    if (fill.elementCount() == 1 && isHuge(fill.getDouble(0))) {
      out.infinities().note(sum, product, one, finite(fill.getDouble(0)));
    }
    return call.result(sum, dtype);
  }

  /**
   * Whether elements of a computed tensor are replaced by a number so far below zero that a softmax
   * makes 0 of them.
   */
  static boolean isMask(OperatorCall call) {
    boolean isComputed = false;
    boolean vanishes = false;
    for (TorchValue argument : call.arguments()) {
      isComputed |= argument instanceof TracedTensor t && t.dtype().isFloating();
      vanishes |=
          argument instanceof KnownTensor k
              ? k.dtype().isFloating()
                  && k.shape().elementCount() == 1
                  && k.data().getDouble(0) <= VANISHES
              : argument.number().orElse(0) <= VANISHES;
    }
    return isComputed && vanishes;
  }

  /** Whether an addend takes an element out of a softmax. */
  static boolean vanishes(double x) {
    return x <= VANISHES;
  }

  /** Whether a number stands for infinity, or takes elements out of a softmax. */
  static boolean isHuge(double x) {
    return !(Math.abs(x) <= MOST) || vanishes(x);
  }

  /** Minus infinity as the least number of single precision: softmax makes 0 of either. */
  private static double finite(double x) {
    return x == Double.NEGATIVE_INFINITY ? -Float.MAX_VALUE : x;
  }

  /** A constant addend without minus infinities. */
  static KnownTensor finite(KnownTensor addend) {
    TensorData data = addend.data();
    if (!data.dtype().isFloating()) {
      return addend;
    }
    for (long i = 0; i < data.elementCount(); i++) {
      if (data.getDouble(i) == Double.NEGATIVE_INFINITY) {
        TensorData wide = HostTensors.cast(data, DType.F64);
        TensorData finite = HostTensors.map(wide, DType.F64, x -> x, SelectionOperators::finite);
        return new KnownTensor(HostTensors.cast(finite, data.dtype()), "");
      }
    }
    return addend;
  }

  private static boolean isZero(TensorData data) {
    for (long i = 0; i < data.elementCount(); i++) {
      if (data.getDouble(i) != 0) {
        return false;
      }
    }
    return true;
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
          "a fill that stands for infinity; only before a softmax can it be proved, elsewhere use a"
              + " number of the size of the others");
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
