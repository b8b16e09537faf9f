package org.zkc.passes.torch;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.zkc.ir.Shape;
import org.zkc.ir.Value;
import org.zkc.ir.tensor.LayerNorm;
import org.zkc.ir.tensor.RmsNorm;

/**
 * Norms by the statistics of the input itself: of the trailing axes (layer and RMS norm), or of
 * groups of channels (group and instance norm). The normalised axes become one, the last; gain and
 * bias are a product and a sum.
 */
final class StandardizationOperators {
  /** The machine epsilon of float32, which an RMS norm without epsilon adds. */
  private static final double EPSILON = Math.scalb(1.0, -23);

  private StandardizationOperators() {}

  /** (input, normalized_shape, weight, bias, eps, cudnn_enable). */
  static TorchValue layerNorm(OperatorCall call) {
    return call.result(layerNormed(call));
  }

  /** (input, normalized_shape, weight, bias, eps); mean and reciprocal deviation are not had. */
  static TorchValue nativeLayerNorm(OperatorCall call) {
    TorchValue statistics =
        new TorchValue.Refused(
            call.refuse("the statistics of a layer norm; compute them by mean and var"));
    return new TorchValue.Tuple(List.of(call.result(layerNormed(call)), statistics, statistics));
  }

  private static Value layerNormed(OperatorCall call) {
    Value input = call.value(0);
    double epsilon = epsilon(call, call.number(4));
    Value y =
        ofTrailingAxes(
            call,
            input,
            x ->
                call.emit()
                    .op(r -> new LayerNorm(r, x, x.shape().rank() - 1, epsilon, call.location())));
    return withGain(call, y, call.optionalValue(2), call.optionalValue(3));
  }

  /** A layer norm of the last axis alone. */
  static Value layerNormed(
      OperatorCall call, Value x, double eps, Optional<Value> gain, Optional<Value> bias) {
    double epsilon = epsilon(call, eps);
    int axis = x.shape().rank() - 1;
    Value y = call.emit().op(r -> new LayerNorm(r, x, axis, epsilon, call.location()));
    return withGain(call, y, gain, bias);
  }

  /** (input, normalized_shape, weight, eps). */
  static TorchValue rmsNorm(OperatorCall call) {
    Value input = call.value(0);
    double epsilon = epsilon(call, call.number(3, EPSILON));
    Value y =
        ofTrailingAxes(
            call,
            input,
            x ->
                call.emit()
                    .op(r -> new RmsNorm(r, x, x.shape().rank() - 1, epsilon, call.location())));
    return call.result(withGain(call, y, call.optionalValue(2), Optional.empty()));
  }

  /** A norm of a tensor along its last axis. */
  @FunctionalInterface
  private interface Norm {
    Value of(Value input);
  }

  private static Value ofTrailingAxes(OperatorCall call, Value input, Norm norm) {
    List<Integer> normalized = call.integers(1);
    List<Integer> extents = input.shape().extents();
    int leading = extents.size() - normalized.size();
    if (normalized.isEmpty()
        || leading < 0
        || !extents.subList(leading, extents.size()).equals(normalized)) {
      throw call.refuse(
          "an input of shape %s does not end in the axes %s".formatted(input.shape(), normalized));
    }
    List<Integer> lines = new ArrayList<>(extents.subList(0, leading));
    lines.add(normalized.stream().reduce(1, Math::multiplyExact));
    Value y = norm.of(call.emit().reshape(input, new Shape(lines)));
    return call.emit().reshape(y, input.shape());
  }

  /** (input, num_groups, weight, bias, eps, cudnn_enabled). */
  static TorchValue groupNorm(OperatorCall call) {
    return ofGroups(call, call.extent(1), 2, 3, call.number(4));
  }

  /**
   * (input, weight, bias, running_mean, running_var, use_input_stats, momentum, eps,
   * cudnn_enabled): each channel is a group.
   */
  static TorchValue instanceNorm(OperatorCall call) {
    Shape shape = call.tensor(0).shape();
    return ofGroups(call, shape.rank() < 2 ? 0 : shape.extent(1), 1, 2, call.number(7));
  }

  /**
   * (input, weight, bias, running_mean, running_var, training, momentum, eps, cudnn_enabled):
   * without running statistics each channel is normalised over the batch.
   */
  static TorchValue batchNorm(OperatorCall call) {
    TensorEmitter emit = call.emit();
    Value input = call.value(0);
    Shape shape = input.shape();
    if (shape.rank() < 2 || shape.elementCount() == 0) {
      throw call.refuse("an input of shape %s has no channels".formatted(shape));
    }
    double epsilon = epsilon(call, call.number(7));
    List<Integer> swap = ViewOperators.swapped(shape.rank(), 0, 1);
    Value x = emit.transpose(input, swap);
    int channels = shape.extent(1);
    Value lines = emit.reshape(x, Shape.of(channels, call.narrow(shape.elementCount() / channels)));
    Value y = emit.op(r -> new LayerNorm(r, lines, 1, epsilon, call.location()));
    return call.result(
        withGain(
            call,
            emit.transpose(emit.reshape(y, x.shape()), swap),
            call.optionalValue(1).map(w -> perChannel(call, w, shape)),
            call.optionalValue(2).map(b -> perChannel(call, b, shape))));
  }

  private static TorchValue ofGroups(
      OperatorCall call, int groups, int weight, int bias, double eps) {
    Value input = call.value(0);
    Shape shape = input.shape();
    if (shape.rank() < 2 || groups < 1 || shape.extent(1) % groups != 0) {
      throw call.refuse("an input of shape %s has no %d groups".formatted(shape, groups));
    }
    double epsilon = epsilon(call, eps);
    int batch = shape.extent(0);
    if (shape.elementCount() == 0) {
      throw call.refuse("the tensor has no elements");
    }
    int group = Math.toIntExact(shape.elementCount() / batch / groups);
    Value x = call.emit().reshape(input, Shape.of(batch, groups, group));
    Value y = call.emit().op(r -> new LayerNorm(r, x, 2, epsilon, call.location()));
    return call.result(
        withGain(
            call,
            call.emit().reshape(y, shape),
            call.optionalValue(weight).map(w -> perChannel(call, w, shape)),
            call.optionalValue(bias).map(b -> perChannel(call, b, shape))));
  }

  /** A vector of channels as [C, 1, ...], to be broadcast over what follows axis 1. */
  private static Value perChannel(OperatorCall call, Value vector, Shape shape) {
    List<Integer> extents = new ArrayList<>(Collections.nCopies(shape.rank() - 1, 1));
    extents.set(0, shape.extent(1));
    return call.emit().reshape(vector, new Shape(extents));
  }

  private static Value withGain(
      OperatorCall call, Value y, Optional<Value> gain, Optional<Value> bias) {
    Value out = y;
    if (gain.isPresent()) {
      out = call.emit().multiply(out, gain.get());
    }
    if (bias.isPresent()) {
      out = call.emit().add(out, bias.get());
    }
    return out;
  }

  private static double epsilon(OperatorCall call, double epsilon) {
    if (!(epsilon >= 0) || Double.isInfinite(epsilon)) {
      throw call.refuse("an epsilon of %s".formatted(epsilon));
    }
    return epsilon;
  }
}
