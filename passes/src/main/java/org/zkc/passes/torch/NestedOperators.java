package org.zkc.passes.torch;

import java.util.List;
import java.util.Optional;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.Value;

/**
 * Nested tensors as torch.nn.TransformerEncoder makes them of a padded batch, to spare itself the
 * padding. A circuit has one shape for all inputs, so the padding stays, and the mask with it.
 */
final class NestedOperators {
  static final List<TorchOperator> ALL =
      List.of(
          new TorchOperator(
              "aten._nested_tensor_from_mask",
              "multiply",
              "for _transformer_encoder_layer_fwd",
              NestedOperators::fromMask),
          new TorchOperator(
              "aten.to_padded_tensor",
              "multiply",
              "of nested tensors, to their own shape with zeros",
              NestedOperators::padded));

  private NestedOperators() {}

  /** The mask [N, S] of what is no padding, of a nested tensor. */
  static Optional<Value> included(OperatorCall call, Value tensor) {
    return Optional.ofNullable(call.emit().nested().get(tensor));
  }

  /** (tensor [N, S, E], mask [N, S], mask_check). */
  private static TorchValue fromMask(OperatorCall call) {
    Value mask = call.in(DType.I1, LogicOperators.truth(call, call.argument(1)));
    Value kept = withoutPadding(call, call.value(0), mask);
    call.emit().nested().put(kept, mask);
    return call.result(kept);
  }

  /** (nested, padding, output_size). */
  private static TorchValue padded(OperatorCall call) {
    Value tensor = call.value(0);
    Value mask =
        included(call, tensor).orElseThrow(() -> call.refuse("its input is no nested tensor"));
    boolean isOwnShape = call.isNone(2) || tensor.shape().equals(new Shape(call.integers(2)));
    if (call.number(1) != 0 || !isOwnShape) {
      throw call.refuse("a padding other than zeros, or to another shape");
    }
    return call.result(withoutPadding(call, tensor, mask));
  }

  private static Value withoutPadding(OperatorCall call, Value tensor, Value mask) {
    TensorEmitter emit = call.emit();
    Shape apart = Shape.of(mask.shape().extent(0), mask.shape().extent(1), 1);
    return emit.multiply(tensor, emit.cast(emit.reshape(mask, apart), DType.F32));
  }
}
