package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.Tensor;

/**
 * Bits of words as StableHLO counts and shifts them (specification, "count_leading_zeros",
 * "popcnt", "shift_left", "shift_right_arithmetic", "shift_right_logical"). Constants have all the
 * bits of their type. Integers that depend on the input have at most {@link #MOST_BITS} bits below
 * those that repeat the sign, and are computed by other operators, in 64 bits, in which nothing
 * wraps around.
 */
final class WordOperators {
  static final List<TorchOperator> ALL =
      List.of(
          counting("popcnt", WordOperators::ones, WordOperators::onesOfComputed),
          counting("count_leading_zeros", WordOperators::zeros, WordOperators::zerosOfComputed),
          shift("shift_left", WordOperators::left, WordOperators::leftOfComputed),
          shift(
              "shift_right_arithmetic",
              WordOperators::arithmetic,
              WordOperators::arithmeticOfComputed),
          shift("shift_right_logical", WordOperators::logical, WordOperators::logicalOfComputed));

  /** Integers that depend on the input are inside (-2^24, 2^24). */
  private static final int MOST_BITS = 24;

  /** Shifts are made in steps, as one is a choice of few powers of two. */
  private static final long STEP = 12;

  /** A step to the left of a short integer, which with its 16 bits stays inside 24. */
  private static final long SHORT_STEP = 7;

  private WordOperators() {}

  /** A function of a word and the bits of its type; unsigned words are without a sign. */
  private interface OnWord {
    long of(long word, DType dtype);
  }

  /** A function of a word, the number that it is shifted by, and the type. */
  private interface OnWords {
    long of(long word, long by, DType dtype);
  }

  static int bits(DType dtype) {
    return 8 * dtype.bytes();
  }

  /** The word as an integer with a sign. */
  static long signed(long word, DType dtype) {
    int above = Long.SIZE - bits(dtype);
    return word << above >> above;
  }

  /** The word as an integer without a sign; of 64 bits the same. */
  static long unsigned(long word, DType dtype) {
    int above = Long.SIZE - bits(dtype);
    return word << above >>> above;
  }

  private static TorchOperator counting(String name, OnWord onHost, OperatorLowering computed) {
    return operator(
        name,
        call -> {
          if (call.argument(0) instanceof KnownTensor k) {
            DType dtype = integer(call);
            LongUnaryOperator each = x -> onHost.of(x, dtype);
            return new KnownTensor(HostTensors.map(k.data(), dtype, each, x -> x), "");
          }
          return computed.lower(call);
        });
  }

  private static TorchOperator shift(String name, OnWords onHost, OperatorLowering computed) {
    return operator(
        name,
        call -> {
          if (call.argument(0) instanceof KnownTensor x
              && call.argument(1) instanceof KnownTensor by) {
            DType dtype = integer(call);
            LongBinaryOperator each = (a, b) -> onHost.of(a, b, dtype);
            return new KnownTensor(
                HostTensors.zip(x.data(), by.data(), dtype, each, (a, _) -> a), "");
          }
          return computed.lower(call);
        });
  }

  private static TorchOperator operator(String name, OperatorLowering lowering) {
    return new TorchOperator(
        "stablehlo." + name, "host; integer_division, gather, multiply", "integers", lowering);
  }

  private static DType integer(OperatorCall call) {
    DType dtype = call.tensor(0).dtype();
    if (dtype.isFloating() || dtype == DType.I1) {
      throw call.refuse("it takes integers and is given %s".formatted(dtype.text()));
    }
    return dtype;
  }

  private static long ones(long word, DType dtype) {
    return Long.bitCount(unsigned(word, dtype));
  }

  private static long zeros(long word, DType dtype) {
    return Long.numberOfLeadingZeros(unsigned(word, dtype)) - (Long.SIZE - bits(dtype));
  }

  private static boolean isInside(long by, DType dtype) {
    return by >= 0 && by < bits(dtype);
  }

  private static long left(long word, long by, DType dtype) {
    return isInside(by, dtype) ? word << by : 0;
  }

  private static long arithmetic(long word, long by, DType dtype) {
    return signed(word, dtype) >> (isInside(by, dtype) ? by : bits(dtype) - 1);
  }

  private static long logical(long word, long by, DType dtype) {
    return isInside(by, dtype) ? unsigned(word, dtype) >>> by : 0;
  }

  /** The result of another operator. */
  static TorchValue run(OperatorCall call, String operator, Object... arguments) {
    return new OtherOperators(call).run(operator, arguments);
  }

  static TorchValue to(OperatorCall call, TorchValue x, DType dtype) {
    return run(call, "to", x, dtype);
  }

  static TorchValue constant(DType dtype, List<Integer> extents, long... values) {
    return new KnownTensor(TensorData.ofLongs(dtype, new Shape(extents), values), "");
  }

  /**
   * The number of bits that are 1; the bits above the lowest count as often as the sign repeats.
   */
  private static TorchValue onesOfComputed(OperatorCall call) {
    DType dtype = integer(call);
    int low = Math.min(bits(dtype), MOST_BITS);
    TorchValue set = run(call, "bitwise_and", shifted(call, low), constant(dtype, List.of(), 1));
    TorchValue count = counted(call, set);
    if (bits(dtype) > low) {
      TorchValue above = constant(dtype, List.of(), bits(dtype) - low);
      count = run(call, "add", count, run(call, "mul", negative(call), above));
    }
    return count;
  }

  /**
   * The number of 0 bits before the highest 1: none for a negative number; otherwise the bits above
   * the lowest 24, plus one for each right shift of these that leaves nothing.
   */
  private static TorchValue zerosOfComputed(OperatorCall call) {
    DType dtype = integer(call);
    int low = Math.min(bits(dtype), MOST_BITS);
    TorchValue gone = run(call, "eq", shifted(call, low), constant(dtype, List.of(), 0));
    TorchValue count = counted(call, to(call, gone, dtype));
    if (bits(dtype) > low) {
      TorchValue none = run(call, "rsub", negative(call), 1L);
      TorchValue above = constant(dtype, List.of(), bits(dtype) - low);
      count = run(call, "add", count, run(call, "mul", none, above));
    }
    return count;
  }

  /** 1 for numbers below 0, else 0. */
  private static TorchValue negative(OperatorCall call) {
    return to(call, run(call, "lt", call.argument(0), 0L), call.tensor(0).dtype());
  }

  /** x shifted to the right by 0, 1, 2 and so on, the sign repeated, along a last axis. */
  private static TorchValue shifted(OperatorCall call, int count) {
    Tensor x = call.tensor(0);
    List<Integer> extents = new ArrayList<>(x.shape().extents());
    extents.add(1);
    List<Integer> along = new ArrayList<>(Collections.nCopies(extents.size() - 1, 1));
    along.add(count);
    long[] places = new long[count];
    for (int k = 0; k < count; k++) {
      places[k] = k;
    }
    TorchValue by = constant(x.dtype(), along, places);
    return run(call, "bitwise_right_shift", run(call, "reshape", x, extents), by);
  }

  private static TorchValue counted(OperatorCall call, TorchValue each) {
    Tensor x = call.tensor(0);
    return run(call, "sum/dim_IntList", each, List.of(x.shape().rank()), false, x.dtype());
  }

  private static TorchValue wide(OperatorCall call, int index) {
    return to(call, call.argument(index), DType.I64);
  }

  /** The places where a number to shift by is one of the type's own. */
  private static TorchValue inside(OperatorCall call, TorchValue by) {
    return run(
        call,
        "logical_and",
        run(call, "ge", by, 0L),
        run(call, "lt", by, (long) bits(call.tensor(0).dtype())));
  }

  private static TorchValue leftOfComputed(OperatorCall call) {
    DType dtype = integer(call);
    TorchValue by = wide(call, 1);
    TorchValue inside = inside(call, by);
    TorchValue rest = run(call, "where", inside, by, 0L);
    TorchValue out = wide(call, 0);
    boolean isShort = bits(dtype) <= 16;
    // A long integer that is shifted by more gives a number that is refused, unless it is of 0.
    long most = isShort ? bits(dtype) - 1 : 2 * STEP;
    long step = isShort ? SHORT_STEP : STEP;
    for (long left = most; left > 0; left -= step) {
      TorchValue now = run(call, "clamp", rest, 0L, left <= step ? MOST_BITS - 1 : step);
      out = run(call, "bitwise_left_shift", out, now);
      out = isShort ? wrapped(call, out, dtype) : out;
      rest = run(call, "sub", rest, step);
    }
    return to(call, run(call, "where", inside, out, 0L), dtype);
  }

  /** The number that the lowest bits are in a type of at most 16 bits. */
  static TorchValue wrapped(OperatorCall call, TorchValue x, DType dtype) {
    long size = 1L << bits(dtype);
    long sign = dtype.isUnsigned() ? 0 : size / 2;
    TorchValue low =
        run(call, "sub", run(call, "remainder", run(call, "add", x, sign), size), sign);
    // Remainders are in range; intervals do not see it, as they are made of several terms.
    return run(call, "clamp", low, -sign, size - 1 - sign);
  }

  private static TorchValue arithmeticOfComputed(OperatorCall call) {
    DType dtype = integer(call);
    TorchValue x = wide(call, 0);
    // An unsigned number of more bits is too small to have a sign.
    if (!dtype.isUnsigned() || bits(dtype) > 16) {
      return to(call, shiftedRight(call, x), dtype);
    }
    long size = 1L << bits(dtype);
    TorchValue signed =
        run(call, "where", run(call, "ge", x, size / 2), run(call, "sub", x, size), x);
    TorchValue moved = shiftedRight(call, signed);
    TorchValue bits =
        run(call, "where", run(call, "lt", moved, 0L), run(call, "add", moved, size), moved);
    // Both choices are in range where they are taken, which no interval of the sum tells.
    return to(call, run(call, "clamp", bits, 0L, size - 1), dtype);
  }

  /** A shift of a negative number by y is the one that keeps the sign, and 2^(bits - y) more. */
  private static TorchValue logicalOfComputed(OperatorCall call) {
    DType dtype = integer(call);
    long bits = bits(dtype);
    TorchValue x = wide(call, 0);
    TorchValue by = wide(call, 1);
    TorchValue inside = inside(call, by);
    TorchValue right = shiftedRight(call, x);
    if (dtype.isUnsigned()) {
      return to(call, run(call, "where", inside, right, 0L), dtype);
    }
    TorchValue moved = run(call, "logical_and", inside, run(call, "gt", by, 0L));
    TorchValue one = to(call, run(call, "logical_and", run(call, "lt", x, 0L), moved), DType.I64);
    TorchValue places = run(call, "rsub", run(call, "where", moved, by, bits), bits);
    TorchValue first = run(call, "bitwise_left_shift", one, run(call, "clamp", places, 0L, STEP));
    TorchValue rest = run(call, "clamp", run(call, "sub", places, STEP), 0L, MOST_BITS - 1);
    TorchValue more = run(call, "bitwise_left_shift", first, rest);
    return to(call, run(call, "where", inside, run(call, "add", right, more), 0L), dtype);
  }

  private static TorchValue shiftedRight(OperatorCall call, TorchValue x) {
    TorchValue by = wide(call, 1);
    TorchValue all = run(call, "where", run(call, "lt", by, 0L), MOST_BITS, by);
    TorchValue first = run(call, "bitwise_right_shift", x, run(call, "clamp", all, 0L, STEP));
    TorchValue rest = run(call, "clamp", run(call, "sub", all, STEP), 0L, MOST_BITS - STEP);
    return run(call, "bitwise_right_shift", first, rest);
  }
}
