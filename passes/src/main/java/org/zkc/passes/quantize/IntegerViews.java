package org.zkc.passes.quantize;

import org.zkc.ir.Value;
import org.zkc.ir.tensor.Broadcast;
import org.zkc.ir.tensor.Pad;
import org.zkc.ir.tensor.Reshape;
import org.zkc.ir.tensor.Slice;
import org.zkc.ir.tensor.Transpose;
import org.zkc.ir.tensor.View;
import org.zkc.passes.integer.IntegerBuilder;

/** Views of tensors as views of the integers that stand for them. */
final class IntegerViews {
  private IntegerViews() {}

  /** {@code op} applied to {@code input}, the integers of its operand; the scale stays. */
  static Value apply(IntegerBuilder out, View op, Value input) {
    return switch (op) {
      case Reshape r -> out.reshape(input, r.result().shape());
      case Transpose t -> out.transpose(input, t.permutation());
      case Slice s -> out.slice(input, s.starts(), s.limits(), s.strides());
      case Broadcast b -> out.broadcast(input, b.result().shape());
      case Pad p ->
          out.pad(
              input, p.low(), p.high(), (long) Math.rint(p.value() / input.integerType().scale()));
    };
  }
}
