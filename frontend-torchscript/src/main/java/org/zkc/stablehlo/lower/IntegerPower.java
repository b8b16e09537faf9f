package org.zkc.stablehlo.lower;

import java.util.List;
import java.util.Map;
import org.zkc.ir.DType;
import org.zkc.torchscript.lower.Binding;

/**
 * Powers of integers by squaring (Knuth, "The Art of Computer Programming", 4.6.3). A number is
 * squared only where a higher bit of the exponent is left, so that nothing becomes larger than the
 * result.
 */
final class IntegerPower {
  /** 2 to the power of 24 is no integer of the tensor level any more. */
  private static final int BITS = 5;

  private IntegerPower() {}

  /**
   * x to the power of y. Where y is negative the result is 0 for the x of which 1 / x is no
   * integer, and that of 0 is left open by the specification.
   */
  static Held of(HloCall call) {
    DType dtype = call.dtype(call.type(0));
    if (dtype == DType.I1) {
      throw call.refused("powers of booleans cannot be proved");
    }
    Binding x = wide(call, 0, dtype);
    Binding y = wide(call, 1, dtype);
    // Larger exponents are of -1, 0 and 1 alone, of which the parity decides.
    long most = (1L << BITS) - 2;
    Binding parity = call.aten("remainder", y, 2L);
    Binding rest =
        call.aten(
            "where",
            call.aten("lt", y, 0L),
            parity,
            call.aten("where", call.aten("le", y, most), y, call.aten("add", parity, most)));
    Binding square = x;
    Binding out = call.aten("where", isOdd(call, rest), x, 1L);
    for (int k = 1; k < BITS; k++) {
      rest =
          call.atenNamed(
              "div",
              "Tensor_mode",
              Map.of("rounding_mode", "floor"),
              rest,
              call.constant(List.of(), new long[] {2}));
      Binding more = call.aten("gt", rest, 0L);
      Binding base = call.aten("where", more, square, 1L);
      square = call.aten("mul", base, base);
      out = call.aten("mul", out, call.aten("where", isOdd(call, rest), square, 1L));
    }
    Binding size = call.aten("abs", x);
    Binding none = call.aten("logical_and", call.aten("lt", y, 0L), call.aten("gt", size, 1L));
    return Elementwise.ofTwo(call, call.aten("to", call.aten("where", none, 0L, out), dtype));
  }

  private static Binding isOdd(HloCall call, Binding x) {
    return call.aten("eq", call.aten("remainder", x, 2L), 1L);
  }

  private static Binding wide(HloCall call, int operand, DType dtype) {
    Binding x = call.operand(operand).binding();
    return dtype == DType.I64 ? x : call.aten("to", x, DType.I64);
  }
}
