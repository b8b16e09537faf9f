package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.List;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.Tensor;

/**
 * Bits of numbers, and numbers of fewer bits, as StableHLO has them (specification,
 * "bitcast_convert", "convert", "reduce_precision", and CHLO's "next_after"). Constants are
 * converted bit by bit. For numbers that depend on the input, the bits of integers are known, those
 * of real numbers are not.
 */
final class WordConversions {
  static final List<TorchOperator> ALL =
      List.of(
          operator("bitcast_convert", "integers; real numbers if constant", WordConversions::bits),
          operator("convert", "to the nearest number of the type", WordConversions::convert),
          operator("next_after", "constants only", WordConversions::nextAfter),
          operator("ordered", "no constant NaN, nor -0", WordConversions::ordered),
          operator("reduce_precision", "constants only", WordConversions::reducePrecision));

  private static final int MANTISSA_BITS = 52;

  private static final long MOST_SHIFTED = 23;

  private WordConversions() {}

  private static TorchOperator operator(String name, String remarks, OperatorLowering lowering) {
    return new TorchOperator("stablehlo." + name, "host; cast", remarks, lowering);
  }

  /**
   * (self, dtype): the same bits. Elements of a narrower type stand along a further last axis, the
   * lowest bits first.
   */
  private static TorchValue bits(OperatorCall call) {
    DType to = CastOperators.dtype(call, call.integer(1));
    Tensor x = call.tensor(0);
    DType from = x.dtype();
    if (from == to) {
      return x;
    }
    if (from == DType.I1 || to == DType.I1) {
      throw call.refuse("the bits of %s as %s".formatted(from.text(), to.text()));
    }
    if (x instanceof KnownTensor k) {
      TensorData out = new TensorData(to, shape(call, k.shape(), from, to), k.data().bytes());
      if (to == DType.U64) {
        HostTensors.cast(HostTensors.cast(out, DType.I64), to);
      }
      return new KnownTensor(out, "");
    }
    if (from.isFloating() || to.isFloating()) {
      throw call.refuse(
          "the bits of real numbers that depend on the input, %s as %s"
              .formatted(from.text(), to.text()));
    }
    int width = WordOperators.bits(from);
    int wanted = WordOperators.bits(to);
    return width == wanted
        ? ofOneWidth(call, x, to)
        : width > wanted ? parts(call, x, to, width / wanted) : joined(call, x, to);
  }

  private static Shape shape(OperatorCall call, Shape shape, DType from, DType to) {
    List<Integer> extents = new ArrayList<>(shape.extents());
    if (from.bytes() > to.bytes()) {
      extents.add(from.bytes() / to.bytes());
    } else if (from.bytes() < to.bytes()) {
      int count = to.bytes() / from.bytes();
      if (extents.isEmpty() || extents.getLast() != count) {
        throw call.refuse(
            "the last axis of shape %s has no %d elements of %s, which %s is made of"
                .formatted(shape, count, from.text(), to.text()));
      }
      extents.removeLast();
    }
    return new Shape(extents);
  }

  /** Numbers below 0 of short types wrap around; of long ones they have no such number. */
  private static TorchValue ofOneWidth(OperatorCall call, TorchValue x, DType to) {
    return WordOperators.bits(to) > 16
        ? WordOperators.to(call, x, to)
        : WordOperators.to(
            call, WordOperators.wrapped(call, WordOperators.to(call, x, DType.I64), to), to);
  }

  private static TorchValue parts(OperatorCall call, Tensor x, DType to, int count) {
    TorchValue wide = WordOperators.to(call, x, DType.I64);
    List<TorchValue> out = new ArrayList<>();
    for (int k = 0; k < count; k++) {
      // A shift by all bits of a computed integer and more leaves its sign, as one by 23 does.
      long by = Math.min((long) k * WordOperators.bits(to), MOST_SHIFTED);
      TorchValue moved =
          WordOperators.run(
              call, "bitwise_right_shift", wide, WordOperators.constant(DType.I64, List.of(), by));
      out.add(WordOperators.to(call, WordOperators.wrapped(call, moved, to), to));
    }
    return WordOperators.run(call, "stack", out, x.shape().rank());
  }

  private static TorchValue joined(OperatorCall call, Tensor x, DType to) {
    throw call.refuse(
        "the bits of %d computed integers of %s as one of %s"
            .formatted(to.bytes() / x.dtype().bytes(), x.dtype().text(), to.text()));
  }

  /**
   * (self, dtype) from real numbers to integers, towards zero. A number that the type does not hold
   * becomes the nearest one that it holds, and NaN becomes 0. The specification leaves these open;
   * XLA does this.
   */
  private static TorchValue convert(OperatorCall call) {
    DType to = CastOperators.dtype(call, call.integer(1));
    if (!(call.argument(0) instanceof KnownTensor k) || !k.dtype().isFloating()) {
      return WordOperators.to(call, call.argument(0), to);
    }
    long[] out = new long[Math.toIntExact(k.data().elementCount())];
    for (int i = 0; i < out.length; i++) {
      out[i] = to.nearest((long) k.data().getDouble(i));
    }
    return new KnownTensor(TensorData.ofLongs(to, k.shape(), out), "");
  }

  /** (self, other): the number after the first in the direction of the second. */
  private static TorchValue nextAfter(OperatorCall call) {
    KnownTensor x = constant(call, 0);
    KnownTensor y = constant(call, 1);
    DType dtype = x.dtype();
    if (dtype != DType.F32 && dtype != DType.F64) {
      throw call.refuse("neighbours of %s; f32 and f64 are supported".formatted(dtype.text()));
    }
    return new KnownTensor(
        HostTensors.zip(
            x.data(),
            y.data(),
            dtype,
            (a, _) -> a,
            (a, b) -> dtype == DType.F32 ? Math.nextAfter((float) a, b) : Math.nextAfter(a, b)),
        "");
  }

  /**
   * (self): real numbers whose total order is that of "less": computed ones are finite, and have no
   * zeros of two signs.
   */
  private static TorchValue ordered(OperatorCall call) {
    if (call.argument(0) instanceof KnownTensor k && k.dtype().isFloating()) {
      for (long i = 0; i < k.data().elementCount(); i++) {
        double x = k.data().getDouble(i);
        if (Double.isNaN(x) || x == 0 && 1 / x < 0) {
          throw call.refuse("the total order of %s".formatted(x));
        }
      }
    }
    return call.tensor(0);
  }

  private static KnownTensor constant(OperatorCall call, int index) {
    if (call.argument(index) instanceof KnownTensor k) {
      return k;
    }
    throw call.refuse(
        "numbers that depend on the input are rounded to at most 16 bits, and single bits of them"
            + " cannot be told");
  }

  /** (self, exponent_bits, mantissa_bits): the nearest number of a format, ties to even. */
  private static TorchValue reducePrecision(OperatorCall call) {
    KnownTensor x = constant(call, 0);
    int exponent = call.narrow(call.integer(1));
    int mantissa = call.narrow(call.integer(2));
    if (exponent < 1 || mantissa < 0) {
      throw call.refuse("a format of %d and %d bits".formatted(exponent, mantissa));
    }
    return new KnownTensor(
        HostTensors.map(x.data(), x.dtype(), a -> a, a -> rounded(a, exponent, mantissa)), "");
  }

  private static double rounded(double x, int exponentBits, int mantissaBits) {
    if (x == 0 || Double.isNaN(x) || Double.isInfinite(x)) {
      return x;
    }
    double near = x;
    if (mantissaBits < MANTISSA_BITS) {
      int dropped = MANTISSA_BITS - mantissaBits;
      long word = Double.doubleToRawLongBits(x);
      long odd = word >>> dropped & 1;
      word += (1L << dropped - 1) - 1 + odd;
      near = Double.longBitsToDouble(word >> dropped << dropped);
    }
    if (exponentBits >= Double.SIZE - 1 - MANTISSA_BITS) {
      return near;
    }
    int most = (1 << exponentBits - 1) - 1;
    int power = Math.getExponent(near);
    return power > most
        ? Math.copySign(Double.POSITIVE_INFINITY, x)
        : power < 1 - most ? Math.copySign(0.0, x) : near;
  }
}
