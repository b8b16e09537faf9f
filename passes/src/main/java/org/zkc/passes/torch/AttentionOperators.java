package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.zkc.ir.DType;
import org.zkc.ir.Shape;
import org.zkc.ir.TensorData;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.Comparison;
import org.zkc.passes.torch.TorchValue.KnownTensor;
import org.zkc.passes.torch.TorchValue.None;
import org.zkc.passes.torch.TorchValue.Tensor;
import org.zkc.passes.torch.TorchValue.TracedTensor;
import org.zkc.passes.torch.TorchValue.Tuple;

/**
 * Attention by one operator: a matrix product, its softmax and a second product, which a pass makes
 * one unit of where nothing else reads the weights.
 */
final class AttentionOperators {
  static final List<TorchOperator> ALL =
      List.of(
          new TorchOperator(
              "aten.scaled_dot_product_attention",
              "matmul, softmax",
              "without dropout",
              AttentionOperators::scaledDotProduct),
          new TorchOperator(
              "aten._native_multi_head_attention",
              "linear, matmul, softmax",
              "constant parameters",
              AttentionOperators::multiHead),
          new TorchOperator(
              "aten._transformer_encoder_layer_fwd",
              "linear, matmul, softmax, layer_norm, relu, gelu",
              "constant parameters",
              EncoderLayer::lower));

  /** Kinds of mask that torch.nn.MultiheadAttention names by numbers. */
  private static final int BETWEEN_POSITIONS = 0;

  private static final int OF_KEYS = 1;

  private AttentionOperators() {}

  /** (query, key, value, attn_mask, dropout_p, is_causal, scale, enable_gqa). */
  private static TorchValue scaledDotProduct(OperatorCall call) {
    if (call.number(4, 0) > 0) {
      throw call.refuse("it has dropout; call model.eval() before exporting it");
    }
    TensorEmitter out = call.emit();
    Value query = call.value(0);
    int rank = query.shape().rank();
    if (rank < 2 || call.tensor(1).shape().rank() < 2 || call.tensor(2).shape().rank() < 2) {
      throw call.refuse(
          "query, key and value of shapes %s, %s and %s"
              .formatted(query.shape(), call.tensor(1).shape(), call.tensor(2).shape()));
    }
    Value key = call.value(1);
    Value values = call.value(2);
    if (call.flag(7)) {
      int heads = query.shape().extent(rank - 3);
      key = repeatedHeads(call, key, heads);
      values = repeatedHeads(call, values, heads);
    }
    int width = query.shape().extent(rank - 1);
    Value scores = LinearOperators.timesTransposed(call, query, key);
    Value scaled =
        out.multiply(scores, out.scalar(call.number(6, 1 / Math.sqrt(Math.max(1, width)))));
    Value weights;
    int last = scaled.shape().rank() - 1;
    if (call.flag(5)) {
      weights = out.softmax(scaled, out.integers(causal(scaled.shape()), ""), last);
    } else if (call.isNone(3)) {
      weights = out.softmax(scaled, last);
    } else {
      weights = masked(call, scaled, call.tensor(3), false);
    }
    Value mean =
        LinearOperators.timesTransposed(
            call, weights, LinearOperators.lastTwoSwapped(call, values));
    if (!call.isNone(3)
        && call.tensor(3) instanceof TracedTensor mask
        && mask.dtype() == DType.I1) {
      mean = out.multiply(mean, includesSome(call, mask));
    }
    return call.result(mean, call.tensor(0).dtype());
  }

  /** 1 for a query for which a mask includes a key, else 0: PyTorch answers 0 to others. */
  private static Value includesSome(OperatorCall call, TracedTensor mask) {
    Value included = call.in(DType.F32, mask);
    int last = mask.shape().rank() - 1;
    TorchValue some =
        mask.shape().extent(last) == 1
            ? mask
            : call.result(
                call.emit()
                    .compareZero(
                        ReductionOperators.mean(call, included, List.of(last), true, true),
                        Comparison.GREATER),
                DType.I1);
    return call.in(DType.F32, some);
  }

  /** Position t sees positions up to t. */
  private static TensorData causal(Shape scores) {
    int queries = scores.extent(scores.rank() - 2);
    int keys = scores.extent(scores.rank() - 1);
    long[] included = new long[queries * keys];
    for (int t = 0; t < queries; t++) {
      for (int s = 0; s <= t && s < keys; s++) {
        included[t * keys + s] = 1;
      }
    }
    return TensorData.ofLongs(DType.I1, Shape.of(queries, keys), included);
  }

  /**
   * Softmax over the last axis under a mask.
   *
   * @param excludes whether a boolean mask marks the excluded elements rather than the included
   *     ones
   */
  private static Value masked(OperatorCall call, Value scores, Tensor mask, boolean excludes) {
    TensorEmitter out = call.emit();
    int last = scores.shape().rank() - 1;
    if (mask.dtype() != DType.I1) {
      if (mask instanceof KnownTensor k) {
        TensorData numbers = HostTensors.cast(k.data(), DType.F64);
        TensorData finite =
            HostTensors.map(numbers, DType.F64, x -> x, x -> x == Double.NEGATIVE_INFINITY ? 0 : 1);
        requireSome(call, HostTensors.cast(finite, DType.I1));
      }
      Value addend =
          mask instanceof KnownTensor k
              ? call.value(SelectionOperators.finite(k))
              : call.value(mask);
      return MaskedSoftmax.of(call, out.add(scores, addend), last);
    }
    if (!(mask instanceof KnownTensor known)) {
      Value included = call.held(mask);
      return out.softmax(scores, excludes ? Choices.not(call, included) : included, last);
    }
    long[] included = known.data().toLongs();
    for (int i = 0; excludes && i < included.length; i++) {
      included[i] = 1 - included[i];
    }
    TensorData data = TensorData.ofLongs(DType.I1, known.shape(), included);
    requireSome(call, data);
    return out.softmax(scores, out.integers(data, ""), last);
  }

  /** Refuses a mask under which PyTorch answers NaN or 0: one that leaves a query nothing. */
  private static void requireSome(OperatorCall call, TensorData mask) {
    int rank = mask.shape().rank();
    int keys = rank == 0 ? 1 : mask.shape().extent(rank - 1);
    for (int line = 0; line < mask.elementCount(); line += keys) {
      boolean some = false;
      for (int s = 0; s < keys; s++) {
        some |= mask.getLong(line + s) != 0;
      }
      if (!some) {
        throw call.refuse("its mask excludes every position for query " + line / keys);
      }
    }
  }

  /** Every head of [..., heads, S, E] as often as there are queries for it, side by side. */
  private static Value repeatedHeads(OperatorCall call, Value value, int heads) {
    TensorEmitter out = call.emit();
    int rank = value.shape().rank();
    int groups = rank < 3 ? 0 : value.shape().extent(rank - 3);
    if (groups == 0 || heads % groups != 0) {
      throw call.refuse("%d heads of queries for keys of shape %s".formatted(heads, value.shape()));
    }
    List<Integer> apart = new ArrayList<>(value.shape().extents());
    apart.add(rank - 2, 1);
    List<Integer> repeated = new ArrayList<>(apart);
    repeated.set(rank - 2, heads / groups);
    List<Integer> joined = new ArrayList<>(value.shape().extents());
    joined.set(rank - 3, heads);
    return out.reshape(
        out.broadcast(out.reshape(value, new Shape(apart)), new Shape(repeated)),
        new Shape(joined));
  }

  /**
   * (query, key, value, embed_dim, num_head, qkv_weight, qkv_bias, proj_weight, proj_bias, mask,
   * need_weights, average_attn_weights, mask_type): the fused form of torch.nn.MultiheadAttention,
   * batches in front.
   */
  private static TorchValue multiHead(OperatorCall call) {
    Heads heads = new Heads(call, call.extent(3), call.extent(4), 5, 9, 12);
    Value weights = heads.weights(call.value(0), call.value(1));
    Value result = heads.mixed(weights, call.value(2));
    if (!call.flag(10)) {
      return new Tuple(List.of(call.result(result), None.NONE));
    }
    return new Tuple(
        List.of(
            call.result(result),
            call.result(
                call.flag(11)
                    ? ReductionOperators.mean(call, weights, List.of(1), false, false)
                    : weights)));
  }

  /**
   * Attention in heads.
   *
   * @param width of all heads together
   * @param parameters index of the first of weight and bias of the three projections, and of the
   *     last one
   * @param mask index of the mask
   * @param kind index of its kind
   */
  record Heads(OperatorCall call, int width, int count, int parameters, int mask, int kind) {
    /** The weights [N, heads, T, S] of inputs [N, T, width] and [N, S, width]. */
    Value weights(Value query, Value key) {
      TensorEmitter out = call.emit();
      Value q = apart(projected(query, 0));
      Value k = apart(projected(key, 1));
      Value scores =
          out.multiply(
              LinearOperators.timesTransposed(call, q, k),
              out.scalar(1 / Math.sqrt((double) width / count)));
      Optional<Value> included = NestedOperators.included(call, query);
      if (included.isPresent()) {
        return out.softmax(scores, keys(included.get()), 3);
      }
      return call.isNone(mask)
          ? out.softmax(scores, 3)
          : masked(call, scores, shaped(scores.shape()), true);
    }

    /** A mask [T, S], [N, S] or of all axes, to be broadcast to the scores. */
    private Tensor shaped(Shape scores) {
      boolean isOfKeys =
          call.tensor(mask).shape().rank() == 2 && call.integer(kind, BETWEEN_POSITIONS) == OF_KEYS;
      if (call.tensor(mask) instanceof KnownTensor known) {
        Shape apart = Shape.of(scores.extent(0), 1, 1, scores.extent(3));
        return isOfKeys ? new KnownTensor(known.data().reshape(apart), "") : known;
      }
      Value excluded = call.in(DType.I1, LogicOperators.truth(call, call.argument(mask)));
      return new TracedTensor(isOfKeys ? keys(excluded) : excluded, DType.I1);
    }

    /** A mask [N, S] of keys, to be broadcast to scores [N, heads, T, S]. */
    private Value keys(Value mask) {
      Shape shape = mask.shape();
      return call.emit().reshape(mask, Shape.of(shape.extent(0), 1, 1, shape.extent(1)));
    }

    /** The result [N, T, width] of the weights and a value [N, S, width]. */
    Value mixed(Value weights, Value value) {
      TensorEmitter out = call.emit();
      Value v = apart(projected(value, 2));
      Value y =
          LinearOperators.timesTransposed(call, weights, LinearOperators.lastTwoSwapped(call, v));
      Value together = out.transpose(y, List.of(0, 2, 1, 3));
      Shape shape = value.shape().with(1, together.shape().extent(1));
      call.knownTensor(parameters + 2, "weight");
      return out.linear(
          out.reshape(together, shape.with(2, width)),
          call.value(parameters + 2),
          call.optionalValue(parameters + 3));
    }

    /** The projection number {@code part} of query, key and value. */
    private Value projected(Value input, int part) {
      TensorEmitter out = call.emit();
      call.knownTensor(parameters, "weight");
      int start = part * width;
      Value weight = out.slice(call.value(parameters), 0, start, start + width, 1);
      Optional<Value> bias =
          call.optionalValue(parameters + 1).map(b -> out.slice(b, 0, start, start + width, 1));
      return out.linear(input, weight, bias);
    }

    /** [N, T, width] as [N, heads, T, width / heads]. */
    private Value apart(Value x) {
      Shape shape = x.shape();
      Shape split = Shape.of(shape.extent(0), shape.extent(1), count, width / count);
      return call.emit().transpose(call.emit().reshape(x, split), List.of(0, 2, 1, 3));
    }
  }
}
