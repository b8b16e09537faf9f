package org.zkc.passes.torch;

import java.util.List;
import java.util.OptionalLong;
import org.zkc.ir.DType;
import org.zkc.passes.torch.TorchValue.Int;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.Tensor;
import org.zkc.passes.torch.TorchValue.TracedTensor;

/**
 * Element types. Every real number that depends on the input is computed as f32, f64, f16 and bf16
 * too: quantisation to at most 16 bits is far coarser than either. So a cast between floating types
 * changes what the program sees, and no element. Integers and booleans are exact.
 */
final class CastOperators {
  static final List<TorchOperator> ALL =
      List.of(
          new TorchOperator(
              "aten.to", "cast", "real numbers to integers towards zero", CastOperators::to),
          new TorchOperator(
              "aten.type_as",
              "cast",
              "real numbers to integers towards zero",
              c -> cast(c, c.tensor(1).dtype())),
          new TorchOperator("aten.cpu", "identity", c -> c.tensor(0)));

  private CastOperators() {}

  /** The number that PyTorch gives an element type (c10::ScalarType). */
  static long scalarType(DType dtype) {
    return switch (dtype) {
      case U8 -> 0;
      case I8 -> 1;
      case I16 -> 2;
      case I32 -> 3;
      case I64 -> 4;
      case F16 -> 5;
      case F32 -> 6;
      case F64 -> 7;
      case I1 -> 11;
      case BF16 -> 15;
      case U16 -> 27;
      case U32 -> 28;
      case U64 -> 29;
    };
  }

  static DType dtype(OperatorCall call, long scalarType) {
    for (DType dtype : DType.values()) {
      if (scalarType(dtype) == scalarType) {
        return dtype;
      }
    }
    throw call.refuse("element type number %d; use float32".formatted(scalarType));
  }

  static void requireFloating(OperatorCall call, long scalarType) {
    if (!dtype(call, scalarType).isFloating()) {
      throw call.refuse("an integer result; use float32");
    }
  }

  /**
   * Overloads (input, dtype, ...), (input, device, dtype, ...), (input, other, ...): the type is
   * the first int or tensor.
   */
  private static TorchValue to(OperatorCall call) {
    OptionalLong wanted = OptionalLong.empty();
    for (int i = 1; i < Math.min(3, call.arguments().size()) && wanted.isEmpty(); i++) {
      if (call.argument(i) instanceof Int n) {
        wanted = OptionalLong.of(n.value());
      } else if (call.argument(i) instanceof Tensor t) {
        wanted = OptionalLong.of(scalarType(t.dtype()));
      }
    }
    return wanted.isEmpty() ? call.tensor(0) : cast(call, dtype(call, wanted.getAsLong()));
  }

  private static TorchValue cast(OperatorCall call, DType dtype) {
    return switch (call.tensor(0)) {
      case KnownTensor k when k.dtype() == dtype -> k;
      case KnownTensor k -> new KnownTensor(HostTensors.cast(k.data(), dtype), k.name());
      case TracedTensor t when t.dtype() == dtype -> t;
      case TracedTensor t -> call.result(call.in(dtype, t), dtype);
    };
  }
}
