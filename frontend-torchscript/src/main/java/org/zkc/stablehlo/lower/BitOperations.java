package org.zkc.stablehlo.lower;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.torchscript.lower.Binding;

/** Counts of bits (StableHLO specification, "count_leading_zeros", "popcnt"). */
final class BitOperations {
  static final Map<String, HloOperator> TABLE =
      Map.of(
          "stablehlo.popcnt", HloOperator.one(BitOperations::ones),
          "stablehlo.count_leading_zeros", HloOperator.one(BitOperations::zeros));

  /** Integers of the tensor level have at most 24 bits: what is above them repeats the sign. */
  private static final int MOST_BITS = 24;

  private BitOperations() {}

  /** How many bits are 1. */
  private static Held ones(HloCall call) {
    DType dtype = integer(call);
    int bits = 8 * dtype.bytes();
    int low = Math.min(bits, MOST_BITS);
    Binding set = call.aten("bitwise_and", shifted(call, dtype, low), number(call, dtype, 1));
    Binding count = counted(call, dtype, set);
    if (bits > low) {
      Binding above = number(call, dtype, bits - low);
      count = call.aten("add", count, call.aten("mul", negative(call, dtype), above));
    }
    return Elementwise.ofOne(call, count);
  }

  /**
   * How many bits before the highest one are 0: none of a negative number, otherwise those above
   * the lowest 23, and as many of these as there are shifts to the right that leave nothing.
   */
  private static Held zeros(HloCall call) {
    DType dtype = integer(call);
    int bits = 8 * dtype.bytes();
    int low = Math.min(bits, MOST_BITS);
    Binding gone = call.aten("eq", shifted(call, dtype, low), number(call, dtype, 0));
    Binding count = counted(call, dtype, call.aten("to", gone, dtype));
    if (bits > low) {
      Binding none = call.aten("rsub", negative(call, dtype), 1L);
      count = call.aten("add", count, call.aten("mul", none, number(call, dtype, bits - low)));
    }
    return Elementwise.ofOne(call, count);
  }

  /** 1 for numbers below 0, else 0. */
  private static Binding negative(HloCall call, DType dtype) {
    return call.aten("to", call.aten("lt", call.operand(0).binding(), 0L), dtype);
  }

  /** x shifted to the right by 0, 1, 2 and so on, the sign repeated, along a last dimension. */
  private static Binding shifted(HloCall call, DType dtype, int count) {
    List<Long> extents = new ArrayList<>(call.operand(0).extents());
    extents.add(1L);
    List<Long> along = new ArrayList<>(Collections.nCopies(extents.size() - 1, 1L));
    along.add((long) count);
    long[] places = new long[count];
    for (int k = 0; k < count; k++) {
      places[k] = k;
    }
    Binding by = call.constant(TensorData.ofLongs(dtype, call.shape(along), places));
    Binding x = call.aten("reshape", call.operand(0).binding(), extents);
    return call.aten("bitwise_right_shift", x, by);
  }

  private static Binding counted(HloCall call, DType dtype, Binding each) {
    long axis = call.operand(0).extents().size();
    return call.atenTyped("sum", "dim_IntList", dtype, each, List.of(axis), false);
  }

  private static Binding number(HloCall call, DType dtype, long value) {
    return call.constant(TensorData.ofLongs(dtype, Shape.of(), new long[] {value}));
  }

  private static DType integer(HloCall call) {
    DType dtype = call.dtype(call.type(0));
    if (dtype.isFloating() || dtype == DType.I1) {
      throw call.refused("it takes integers and is given %s".formatted(dtype.text()));
    }
    return dtype;
  }
}
