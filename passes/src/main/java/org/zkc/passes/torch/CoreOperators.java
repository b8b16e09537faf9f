package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.zkc.passes.torch.TorchValue.Bool;
import org.zkc.passes.torch.TorchValue.DataDependent;
import org.zkc.passes.torch.TorchValue.None;
import org.zkc.passes.torch.TorchValue.Refused;
import org.zkc.passes.torch.TorchValue.Tensor;
import org.zkc.passes.torch.TorchValue.Tuple;

/**
 * Forms of other operators that {@code torch.export} decomposes into: without views, without
 * defaults, and with results that only gradients need. Each is lowered as the operator that it is a
 * form of.
 */
final class CoreOperators {

  /** Forms with the arguments of the operator itself: copies in place of views. */
  private static final List<TorchOperator> SAME =
      Stream.of(
              same("aten._unsafe_view", "aten.view", "reshape"),
              same("aten.view_copy", "aten.view", "reshape"),
              same("aten._reshape_copy", "aten.reshape", "reshape"),
              same("aten.expand_copy", "aten.expand", "broadcast"),
              same("aten.permute_copy", "aten.permute", "transpose"),
              same("aten.transpose_copy", "aten.transpose", "transpose"),
              same("aten.t_copy", "aten.t", "transpose"),
              same("aten.squeeze_copy", "aten.squeeze", "reshape"),
              same("aten.unsqueeze_copy", "aten.unsqueeze", "reshape"),
              same("aten.slice_copy", "aten.slice", "slice"),
              same("aten.select_copy", "aten.select", "slice, reshape"),
              same("aten.split_copy", "aten.split", "slice"),
              same("aten.split_with_sizes_copy", "aten.split_with_sizes", "slice"),
              same("aten.unbind_copy", "aten.unbind", "slice, reshape"),
              same("aten.diagonal_copy", "aten.diagonal", "slice, reshape, transpose"),
              same("aten.unfold_copy", "aten.unfold", "slice, concatenate, reshape, transpose"),
              same("aten.narrow_copy", "aten.narrow", "slice"),
              same("aten.alias_copy", "aten.alias", "identity"),
              same("aten.detach_copy", "aten.detach", "identity"),
              same("aten.lift_fresh_copy", "aten.lift_fresh", "identity"),
              same("aten.sym_size", "aten.size", "host"),
              same("aten.sym_numel", "aten.numel", "host"),
              same("aten._unsafe_index", "aten.index", "gather"),
              same("aten._unsafe_index_put", "aten.index_put", "host"),
              same("aten._adaptive_avg_pool2d", "aten.adaptive_avg_pool2d", "window_mean"),
              same("aten._adaptive_avg_pool3d", "aten.adaptive_avg_pool3d", "window_mean"),
              same(
                  "aten._cdist_forward",
                  "aten.cdist",
                  "broadcast, subtract, multiply, pointwise, window_mean"),
              same("aten._safe_softmax", "aten.softmax", "softmax"),
              same("aten._prelu_kernel", "aten.prelu", "leaky_relu, relu, clamp, multiply, add"))
          .toList();

  private static final List<TorchOperator> OTHER =
      List.of(
          new TorchOperator(
              "aten._softmax", "softmax", c -> as(c, "aten.softmax", c.argument(0), c.argument(1))),
          new TorchOperator(
              "aten._log_softmax",
              "log_softmax",
              c -> as(c, "aten.log_softmax", c.argument(0), c.argument(1))),
          new TorchOperator(
              "aten.as_tensor", "cast", "from known numbers, or a tensor", CoreOperators::asTensor),
          new TorchOperator("aten._to_copy", "cast", CoreOperators::toCopy),
          new TorchOperator(
              "aten._native_batch_norm_legit_no_training",
              "batch_norm",
              "constant parameters; no statistics",
              CoreOperators::batchNorm),
          new TorchOperator(
              "aten._native_batch_norm_legit",
              "layer_norm, multiply, add",
              "one sample; no statistics",
              CoreOperators::normOfInput),
          new TorchOperator(
              "aten.native_group_norm",
              "layer_norm, multiply, add",
              "no statistics",
              CoreOperators::groupNorm),
          new TorchOperator(
              "aten._fused_rms_norm",
              "rms_norm, multiply",
              "no statistics",
              c -> withUnused(c, as(c, "aten.rms_norm", arguments(c, 0, 1, 2, 3)), 1)),
          new TorchOperator(
              "aten._scaled_dot_product_flash_attention_for_cpu",
              "matmul, softmax",
              "without dropout; no statistics",
              c -> withUnused(c, attention(c, 5, 3, 4, 6), 1)),
          new TorchOperator(
              "aten._scaled_dot_product_flash_attention",
              "matmul, softmax",
              "without dropout; no statistics",
              c -> withUnused(c, attention(c, -1, 3, 4, 6), 8)),
          new TorchOperator(
              "aten._scaled_dot_product_efficient_attention",
              "matmul, softmax",
              "without dropout; no statistics",
              c -> withUnused(c, attention(c, 3, 5, 6, 7), 3)),
          new TorchOperator(
              "aten._scaled_dot_product_attention_math",
              "matmul, softmax",
              "without dropout; no weights",
              c -> withUnused(c, attention(c, 3, 4, 5, 7), 1)),
          new TorchOperator(
              "aten.native_dropout",
              "identity",
              "not in training mode",
              c -> withUnused(c, as(c, "aten.dropout", arguments(c, 0, 1, 2)), 1)),
          new TorchOperator(
              "aten.rrelu_with_noise_functional",
              "leaky_relu",
              "not in training mode",
              c -> withUnused(c, as(c, "aten.rrelu", arguments(c, 0, 2, 3, 4, 5)), 1)),
          new TorchOperator(
              "aten.fake_quantize_per_tensor_affine_cachemask",
              "fake_quantize",
              "as aten.fake_quantize_per_tensor_affine; no mask",
              c -> withUnused(c, as(c, "aten.fake_quantize_per_tensor_affine", c.arguments()), 1)),
          new TorchOperator(
              "aten.fake_quantize_per_channel_affine_cachemask",
              "fake_quantize",
              "as aten.fake_quantize_per_channel_affine; no mask",
              c -> withUnused(c, as(c, "aten.fake_quantize_per_channel_affine", c.arguments()), 1)),
          new TorchOperator("aten._assert_scalar", "nothing", CoreOperators::assertTrue),
          new TorchOperator("aten._assert_async", "nothing", CoreOperators::assertTrue),
          new TorchOperator("aten._assert_tensor_metadata", "nothing", c -> None.NONE),
          new TorchOperator("aten.sym_constrain_range", "nothing", c -> None.NONE),
          new TorchOperator("aten.sym_constrain_range_for_size", "nothing", c -> None.NONE));

  static final List<TorchOperator> ALL = Stream.concat(SAME.stream(), OTHER.stream()).toList();

  private CoreOperators() {}

  private static TorchOperator same(String name, String operator, String becomes) {
    return new TorchOperator(name, becomes, "as " + operator, c -> as(c, operator, c.arguments()));
  }

  /** The call of another operator; its default overload where they differ. */
  private static TorchValue as(OperatorCall call, String operator, TorchValue... arguments) {
    return as(call, operator, List.of(arguments));
  }

  private static TorchValue as(OperatorCall call, String operator, List<TorchValue> arguments) {
    OperatorCall other =
        new OperatorCall(operator, call.overload(), arguments, call.location(), call.emit());
    Optional<TorchValue> known = HostFunctions.apply(other);
    return known.orElseGet(() ->
        TorchOperatorTable.find(operator).orElseThrow(other::unsupported).lowering().lower(other));
  }

  private static List<TorchValue> arguments(OperatorCall call, int... indices) {
    List<TorchValue> out = new ArrayList<>();
    for (int index : indices) {
      out.add(index < 0 ? None.NONE : call.argument(index));
    }
    return out;
  }

  /** A result followed by {@code count} that only gradients need. */
  private static TorchValue withUnused(OperatorCall call, TorchValue result, int count) {
    List<TorchValue> out = new ArrayList<>();
    out.add(result);
    Refused unused = new Refused(call.refuse("a result that only gradients need"));
    for (int i = 0; i < count; i++) {
      out.add(unused);
    }
    return new Tuple(out);
  }

  /** (data, dtype, device): a tensor itself, or one of numbers. */
  private static TorchValue asTensor(OperatorCall call) {
    boolean isTensor = call.argument(0) instanceof Tensor;
    return isTensor ? toCopy(call) : as(call, "aten.tensor", call.arguments());
  }

  /** (self, dtype, layout, device, pin_memory, non_blocking, memory_format). */
  private static TorchValue toCopy(OperatorCall call) {
    return call.isNone(1)
        ? call.tensor(0)
        : as(call, "aten.to", call.argument(0), call.argument(1));
  }

  /** (input, weight, bias, running_mean, running_var, momentum, eps). */
  private static TorchValue batchNorm(OperatorCall call) {
    List<TorchValue> arguments = arguments(call, 0, 1, 2, 3, 4);
    arguments.add(new Bool(false));
    arguments.addAll(arguments(call, 5, 6));
    arguments.add(new Bool(false));
    return withUnused(call, as(call, "aten.batch_norm", arguments), 2);
  }

  /**
   * (input, weight, bias, training, momentum, eps) in the overload without running statistics, as
   * instance norms are decomposed: the samples are channels.
   */
  private static TorchValue normOfInput(OperatorCall call) {
    if (!call.overload().equals("no_stats") || !call.flag(3)) {
      throw call.refuse("the model is in training mode; call model.eval() before exporting it");
    }
    if (call.tensor(0).shape().rank() < 2 || call.tensor(0).shape().extent(0) != 1) {
      throw call.refuse(
          "a batch norm by statistics of several samples; call model.eval() before exporting it");
    }
    List<TorchValue> arguments = arguments(call, 0, 1, 2, -1, -1);
    arguments.add(new Bool(true));
    arguments.addAll(arguments(call, 4, 5));
    arguments.add(new Bool(false));
    return withUnused(call, as(call, "aten.instance_norm", arguments), 2);
  }

  /** (input, weight, bias, N, C, HxW, group, eps). */
  private static TorchValue groupNorm(OperatorCall call) {
    List<TorchValue> arguments = arguments(call, 0, 6, 1, 2, 7);
    arguments.add(new Bool(false));
    return withUnused(call, as(call, "aten.group_norm", arguments), 2);
  }

  /** Attention with the argument numbers of mask, dropout, causality and scale. */
  private static TorchValue attention(
      OperatorCall call, int mask, int dropout, int causal, int scale) {
    List<TorchValue> arguments = arguments(call, 0, 1, 2, mask, dropout, causal, scale);
    arguments.add(new Bool(false));
    return as(call, "aten.scaled_dot_product_attention", arguments);
  }

  /** (self, message): what the program demands of sizes and constants. */
  private static TorchValue assertTrue(OperatorCall call) {
    if (call.argument(0) instanceof TorchValue.TracedTensor) {
      throw OperatorCall.dataDependent(
          new DataDependent("an assertion", call.location()), call.location());
    }
    if (call.number(0) == 0) {
      throw call.refuse("the model's own assertion does not hold for this input shape");
    }
    return None.NONE;
  }
}
