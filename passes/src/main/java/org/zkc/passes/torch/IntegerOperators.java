package org.zkc.passes.torch;

import java.util.List;
import java.util.stream.LongStream;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.BitOperation;
import org.zkc.ir.tensor.DivisionPart;
import org.zkc.passes.torch.TorchValue.TracedTensor;

/** Divisions, bits and shifts of integers that depend on the input. */
final class IntegerOperators {
  static final List<TorchOperator> ALL =
      List.of(
          shift("aten.__lshift__", true),
          shift("aten.bitwise_left_shift", true),
          shift("aten.__rshift__", false),
          shift("aten.bitwise_right_shift", false));

  /** Powers of two that a shift by a computed number chooses from. */
  private static final int MOST_SHIFTED = 23;

  private IntegerOperators() {}

  private static TorchOperator shift(String name, boolean isLeft) {
    return new TorchOperator(
        name,
        isLeft ? "multiply; gather" : "integer_division; gather",
        "also numbers",
        c -> shifted(c, isLeft));
  }

  /** Part of the quotient of the first two arguments, integers of which one is computed. */
  static TorchValue division(OperatorCall call, DivisionPart part) {
    DType dtype = Promotion.of(call.arguments().subList(0, 2));
    // PyTorch divides booleans as integers.
    DType exact = dtype == DType.I1 ? DType.I64 : dtype;
    return call.result(
        call.emit()
            .divideIntegers(
                call.in(exact, call.argument(0)), call.in(exact, call.argument(1)), part),
        exact);
  }

  /** A function of the bits of the first two arguments. */
  static TorchValue bitwise(OperatorCall call, BitOperation operation) {
    DType dtype = Promotion.of(call.arguments().subList(0, 2));
    if (dtype.isFloating()) {
      throw call.refuse("bits of real numbers");
    }
    return call.result(
        call.emit()
            .bitwise(call.in(dtype, call.argument(0)), call.in(dtype, call.argument(1)), operation),
        dtype);
  }

  /** The complement of all bits: -1 - x, and the type's greatest number less x where unsigned. */
  static TorchValue complement(OperatorCall call, TracedTensor x) {
    long ones = x.dtype().isUnsigned() ? x.dtype().nearest(Long.MAX_VALUE) : -1;
    Value all = call.in(x.dtype(), new TorchValue.Int(ones));
    return call.result(call.emit().subtract(all, x.value()), x.dtype());
  }

  /** x 2^y, or floor(x / 2^y). */
  private static TorchValue shifted(OperatorCall call, boolean isLeft) {
    if (!LogicOperators.isTraced(call)) {
      return ArithmeticOperators.known(
          call,
          (x, y) -> isLeft ? x << y : x >> y,
          (x, y) -> isLeft ? x * StrictMath.pow(2, y) : x / StrictMath.pow(2, y),
          false);
    }
    DType dtype = Promotion.of(call.arguments().subList(0, 2));
    if (dtype.isFloating()) {
      throw call.refuse("shifts of real numbers");
    }
    TensorEmitter emit = call.emit();
    Value x = call.in(dtype, call.argument(0));
    Value power = powers(call);
    Value out =
        isLeft
            ? emit.multiply(call.in(DType.I64, call.argument(0)), power)
            : emit.divideIntegers(emit.cast(x, DType.I64), power, DivisionPart.FLOOR_QUOTIENT);
    return call.result(emit.cast(out, dtype), dtype);
  }

  /** Two to the power of the second argument. */
  private static Value powers(OperatorCall call) {
    if (call.argument(1) instanceof TracedTensor t) {
      long[] all = LongStream.rangeClosed(0, MOST_SHIFTED).map(k -> 1L << k).toArray();
      Value table =
          call.emit().integers(TensorData.ofLongs(DType.I64, Shape.of(all.length), all), "");
      return call.emit().gather(table, call.in(DType.I64, t));
    }
    TensorData shifts = HostTensors.cast(ArithmeticOperators.data(call, 1), DType.I64);
    for (long k = 0; k < shifts.elementCount(); k++) {
      if (shifts.getLong(k) < 0 || shifts.getLong(k) > MOST_SHIFTED) {
        throw call.refuse(
            "a shift by %d; 0 to %d are supported".formatted(shifts.getLong(k), MOST_SHIFTED));
      }
    }
    TensorData powers = HostTensors.map(shifts, DType.I64, k -> 1L << k, k -> k);
    return call.emit().integers(powers, "");
  }
}
