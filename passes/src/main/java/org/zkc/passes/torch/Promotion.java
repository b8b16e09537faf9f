package org.zkc.passes.torch;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.zkc.ir.DType;
import org.zkc.passes.torch.TorchValue.ListOf;
import org.zkc.passes.torch.TorchValue.Tensor;
import org.zkc.passes.torch.TorchValue.Tuple;

/**
 * PyTorch's type promotion: tensors with axes decide, then tensors without axes if of a higher
 * category (bool, integer, floating), then Python numbers if of a higher category still. So a 0-dim
 * f64 times an f32 tensor is f32.
 */
final class Promotion {
  private @Nullable DType dimensioned;
  private @Nullable DType zeroDim;
  private @Nullable DType number;

  private Promotion() {}

  /** The element type of a result; f32 when there is neither tensor nor number. */
  static DType of(List<TorchValue> arguments) {
    Promotion promotion = new Promotion();
    arguments.forEach(a -> promotion.see(a, true));
    return promotion.result();
  }

  /** The same, from the tensors among the arguments alone: numbers are axes or sizes. */
  static DType ofTensors(List<TorchValue> arguments) {
    Promotion promotion = new Promotion();
    arguments.forEach(a -> promotion.see(a, false));
    return promotion.result();
  }

  private void see(TorchValue value, boolean numbers) {
    switch (value) {
      case Tensor t when t.shape().rank() > 0 -> dimensioned = join(dimensioned, t.dtype());
      case Tensor t -> zeroDim = join(zeroDim, t.dtype());
      case ListOf l -> seeTensors(l.elements());
      case Tuple t -> seeTensors(t.elements());
      case TorchValue.Int i when numbers -> number = join(number, DType.I64);
      case TorchValue.Float f when numbers -> number = join(number, DType.F32);
      default -> {}
    }
  }

  /**
   * Looks at the elements themselves only: lists of lists hold no operands, and may share parts.
   */
  private void seeTensors(List<TorchValue> elements) {
    for (TorchValue each : elements) {
      if (each instanceof Tensor) {
        see(each, false);
      }
    }
  }

  private DType result() {
    @Nullable DType result = dimensioned;
    for (@Nullable DType lower : new @Nullable DType[] {zeroDim, number}) {
      if (lower != null && (result == null || category(lower) > category(result))) {
        result = lower;
      }
    }
    return result == null ? DType.F32 : result;
  }

  private static DType join(@Nullable DType a, DType b) {
    if (a == null || category(b) > category(a)) {
      return b;
    }
    if (category(a) > category(b)) {
      return a;
    }
    boolean halves = a != b && category(a) == 2 && a.bytes() == 2 && b.bytes() == 2;
    return halves ? DType.F32 : a.bytes() >= b.bytes() ? a : b;
  }

  private static int category(DType dtype) {
    return switch (dtype) {
      case I1 -> 0;
      case U8, I8, I16, I32, I64, U16, U32, U64 -> 1;
      case F32, F64, F16, BF16 -> 2;
    };
  }
}
