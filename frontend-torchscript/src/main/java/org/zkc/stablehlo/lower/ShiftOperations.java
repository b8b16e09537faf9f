package org.zkc.stablehlo.lower;

import static org.zkc.stablehlo.lower.Elementwise.ofTwo;

import java.util.Map;
import org.zkc.ir.DType;
import org.zkc.torchscript.lower.Binding;

/**
 * Shifts of integers (StableHLO specification, "shift_left", "shift_right_arithmetic",
 * "shift_right_logical"). By the type's bits and more, as by a negative number, no bit is left, or
 * the sign alone. They are computed in 64 bits, in which neither operand wraps around.
 */
final class ShiftOperations {
  static final Map<String, HloOperator> TABLE =
      Map.of(
          "stablehlo.shift_left", HloOperator.one(ShiftOperations::left),
          "stablehlo.shift_right_arithmetic", HloOperator.one(ShiftOperations::arithmetic),
          "stablehlo.shift_right_logical", HloOperator.one(ShiftOperations::logical));

  /** Integers of the tensor level have at most 24 bits. */
  private static final long MOST_BITS = 24;

  /** Shifts are made in steps, as one is a choice of few powers of two. */
  private static final long STEP = 12;

  /** A step to the left of a short integer, which with its 16 bits stays inside 24. */
  private static final long SHORT_STEP = 7;

  private ShiftOperations() {}

  private static Held left(HloCall call) {
    DType dtype = integer(call);
    long bits = 8L * dtype.bytes();
    Binding by = wide(call, 1);
    Binding inside = call.aten("logical_and", call.aten("ge", by, 0L), call.aten("lt", by, bits));
    Binding rest = call.aten("where", inside, by, 0L);
    Binding out = wide(call, 0);
    boolean isShort = bits <= 16;
    // A long integer that is shifted by more gives a number that is refused, unless it is of 0.
    long most = isShort ? bits - 1 : 2 * STEP;
    long step = isShort ? SHORT_STEP : STEP;
    for (long left = most; left > 0; left -= step) {
      Binding now = call.aten("clamp", rest, 0L, left <= step ? MOST_BITS - 1 : step);
      out = call.aten("bitwise_left_shift", out, now);
      out = isShort ? wrapped(call, out, dtype) : out;
      rest = call.aten("sub", rest, step);
    }
    return ofTwo(call, call.aten("to", call.aten("where", inside, out, 0L), dtype));
  }

  /** The number that the lowest bits are in a type of 8 or 16 bits. */
  private static Binding wrapped(HloCall call, Binding x, DType dtype) {
    long size = 1L << 8 * dtype.bytes();
    long sign = dtype.isUnsigned() ? 0 : size / 2;
    return call.aten("sub", call.aten("remainder", call.aten("add", x, sign), size), sign);
  }

  private static Held arithmetic(HloCall call) {
    DType dtype = integer(call);
    Binding moved = shiftedRight(call, signed(call, dtype));
    return ofTwo(call, call.aten("to", unsigned(call, dtype, moved), dtype));
  }

  /** The first operand with the highest bit as a sign. */
  private static Binding signed(HloCall call, DType dtype) {
    Binding x = wide(call, 0);
    return dtype == DType.U8
        ? call.aten("where", call.aten("ge", x, 128L), call.aten("sub", x, 256L), x)
        : x;
  }

  private static Binding unsigned(HloCall call, DType dtype, Binding x) {
    return dtype == DType.U8
        ? call.aten("where", call.aten("lt", x, 0L), call.aten("add", x, 256L), x)
        : x;
  }

  /** A shift of a negative number by y is the one that keeps the sign, and 2^(bits - y) more. */
  private static Held logical(HloCall call) {
    DType dtype = integer(call);
    long bits = 8L * dtype.bytes();
    Binding x = wide(call, 0);
    Binding by = wide(call, 1);
    Binding inside = call.aten("logical_and", call.aten("ge", by, 0L), call.aten("lt", by, bits));
    Binding right = shiftedRight(call, x);
    if (dtype.isUnsigned()) {
      return ofTwo(call, call.aten("to", call.aten("where", inside, right, 0L), dtype));
    }
    Binding moved = call.aten("logical_and", inside, call.aten("gt", by, 0L));
    Binding one =
        call.aten("to", call.aten("logical_and", call.aten("lt", x, 0L), moved), DType.I64);
    Binding places = call.aten("rsub", call.aten("where", moved, by, bits), bits);
    Binding first = call.aten("bitwise_left_shift", one, call.aten("clamp", places, 0L, STEP));
    Binding rest = call.aten("clamp", call.aten("sub", places, STEP), 0L, MOST_BITS - 1);
    Binding more = call.aten("bitwise_left_shift", first, rest);
    Binding sum = call.aten("add", right, more);
    return ofTwo(call, call.aten("to", call.aten("where", inside, sum, 0L), dtype));
  }

  private static Binding shiftedRight(HloCall call, Binding x) {
    Binding by = wide(call, 1);
    Binding all = call.aten("where", call.aten("lt", by, 0L), MOST_BITS, by);
    Binding first = call.aten("bitwise_right_shift", x, call.aten("clamp", all, 0L, STEP));
    Binding rest = call.aten("clamp", call.aten("sub", all, STEP), 0L, MOST_BITS - STEP);
    return call.aten("bitwise_right_shift", first, rest);
  }

  private static Binding wide(HloCall call, int operand) {
    Binding x = call.operand(operand).binding();
    return call.dtype(call.type(operand)) == DType.I64 ? x : call.aten("to", x, DType.I64);
  }

  private static DType integer(HloCall call) {
    DType dtype = call.dtype(call.type(0));
    if (dtype.isFloating() || dtype == DType.I1) {
      throw call.refused("it takes integers and is given %s".formatted(dtype.text()));
    }
    return dtype;
  }
}
