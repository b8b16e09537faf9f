package org.zkc.passes.torch;

import java.util.Optional;
import org.zkc.ir.Shape;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Gelu;

/**
 * The fused form of torch.nn.TransformerEncoderLayer: attention of an input to itself, then two
 * linear maps with an activation between them, each added to what it reads, with layer norms before
 * or after (PyTorch, aten/src/ATen/native/transformers/transformer.cpp).
 *
 * <p>(src, embed_dim, num_heads, qkv_weight, qkv_bias, proj_weight, proj_bias, use_gelu,
 * norm_first, eps, norm_weight_1, norm_bias_1, norm_weight_2, norm_bias_2, ffn_weight_1,
 * ffn_bias_1, ffn_weight_2, ffn_bias_2, mask, mask_type).
 */
final class EncoderLayer {
  private static final int NORM_1 = 10;
  private static final int NORM_2 = 12;
  private static final int WIDENING = 14;
  private static final int NARROWING = 16;

  private EncoderLayer() {}

  static TorchValue lower(OperatorCall call) {
    TensorEmitter out = call.emit();
    Value source = call.value(0);
    int width = call.extent(1);
    Shape shape = source.shape();
    if (shape.rank() != 3 || shape.extent(2) != width) {
      throw call.refuse("an input of shape %s for a width of %d".formatted(shape, width));
    }
    boolean before = call.flag(8);
    var heads = new AttentionOperators.Heads(call, width, call.extent(2), 3, 18, 19);
    Value x = before ? norm(call, source, NORM_1) : source;
    Value attended = out.add(heads.mixed(heads.weights(x, x), x), source);
    Value y = before ? attended : norm(call, attended, NORM_1);
    Value hidden = linear(call, before ? norm(call, y, NORM_2) : y, WIDENING);
    Value active =
        call.flag(7)
            ? out.pointwise(hidden, (r, v, at) -> new Gelu(r, v, false, at))
            : out.relu(hidden);
    Value z = out.add(linear(call, active, NARROWING), y);
    Value result = before ? z : norm(call, z, NORM_2);
    NestedOperators.included(call, source).ifPresent(mask -> out.nested().put(result, mask));
    return call.result(result);
  }

  private static Value norm(OperatorCall call, Value x, int weight) {
    return StandardizationOperators.layerNormed(
        call, x, call.number(9), Optional.of(call.value(weight)), call.optionalValue(weight + 1));
  }

  private static Value linear(OperatorCall call, Value x, int weight) {
    call.knownTensor(weight, "weight");
    return call.emit().linear(x, call.value(weight), call.optionalValue(weight + 1));
  }
}
